import { createRequire } from "node:module";
import { expect, it } from "vitest";

type ModelAccess = (sls: {
  resolveVariable: (text: string) => Promise<string | null>;
}) => Promise<{ embed: object[]; converse: { Resource: object }[] }>;
const modelAccess: ModelAccess = createRequire(import.meta.url)("#infra/model-access.cjs");

const accessWith = async (parameters: Record<string, string>) => {
  const variables: Record<string, string> = {
    "self:provider.region": "us-east-1",
    modelId: "us.amazon.nova-2-lite-v1:0",
    documents: "on",
    documentEmbeddingModelId: "amazon.titan-embed-text-v2:0",
    ...parameters,
  };
  return await modelAccess({
    resolveVariable: async (text) => variables[text.replace(/^param:|, null$/g, "")] ?? null,
  });
};
const embedWith = async (parameters: Record<string, string>) =>
  (await accessWith(parameters)).embed;

it("functions may call each model that people may choose, through its profile, once", async () => {
  const { converse } = await accessWith({
    fallbackModelId: "us.amazon.nova-lite-v1:0",
    modelChoices: "us.amazon.nova-lite-v1:0,us.anthropic.claude-sonnet-4-6",
  });
  const profiles = converse.flatMap(({ Resource }) =>
    [...JSON.stringify(Resource).matchAll(/inference-profile\/([^"]+)/g)].map(([, id]) => id),
  );
  expect(profiles).toEqual([
    "us.amazon.nova-2-lite-v1:0",
    "us.amazon.nova-lite-v1:0",
    "us.anthropic.claude-sonnet-4-6",
  ]);
  await expect(accessWith({ modelChoices: "eu.amazon.nova-lite-v1:0" })).rejects.toThrow(
    "The model eu.amazon.nova-lite-v1:0 cannot be called from us-east-1",
  );
});

it("functions may call the embedding model in the stage's region", async () => {
  expect(await embedWith({})).toEqual([
    {
      Effect: "Allow",
      Action: ["bedrock:InvokeModel"],
      Resource: {
        "Fn::Sub": `arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/amazon.titan-embed-text-v2:0`,
      },
    },
  ]);
});

it.each([{ documents: "off" }, { documentEmbeddingModelId: "off" }])(
  "functions may call no embedding model with %j",
  async (parameters) => {
    expect(await embedWith(parameters)).toEqual([]);
  },
);

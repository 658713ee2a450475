import { createRequire } from "node:module";
import { expect, it } from "vitest";

type ModelAccess = (sls: {
  resolveVariable: (text: string) => Promise<string | null>;
}) => Promise<{ embed: object[] }>;
const modelAccess: ModelAccess = createRequire(import.meta.url)("#infra/model-access.cjs");

async function embedWith(parameters: Record<string, string>) {
  const variables: Record<string, string> = {
    "self:provider.region": "us-east-1",
    modelId: "us.amazon.nova-2-lite-v1:0",
    documents: "on",
    documentEmbeddingModelId: "amazon.titan-embed-text-v2:0",
    ...parameters,
  };
  const { embed } = await modelAccess({
    resolveVariable: async (text) => variables[text.replace(/^param:|, null$/g, "")] ?? null,
  });
  return embed;
}

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

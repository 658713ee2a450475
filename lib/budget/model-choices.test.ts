import { expect, it } from "vitest";
import { readConfig } from "#lib/platform/config.ts";
import { effortsOf, modelChoicesOf } from "./model-choices.ts";

const choicesWith = (changes: Record<string, string>) =>
  modelChoicesOf(
    readConfig({
      ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "limits" },
      ...changes,
    }),
  );

it("offers the default model alone, unless the deployment names others", () => {
  expect(choicesWith({})).toEqual([
    {
      id: "us.amazon.nova-2-lite-v1:0",
      name: "Nova 2 Lite",
      context_tokens: 1_000_000,
      price: { input_usd: 0.33, output_usd: 2.75 },
      efforts: ["low", "medium"],
      is_default: true,
    },
  ]);
});

it("offers the default model first, and once", () => {
  const choices = choicesWith({
    BEDROCK_MODEL_ID: "eu.amazon.nova-micro-v1:0",
    BEDROCK_MODEL_CHOICES: "eu.anthropic.claude-sonnet-4-6,eu.amazon.nova-micro-v1:0",
  });
  expect(choices.map(({ name, is_default }) => [name, is_default])).toEqual([
    ["Nova Micro", true],
    ["Claude Sonnet 4.6", false],
  ]);
});

it("shows a model that nobody knows by its id and its own price", () => {
  const BEDROCK_PRICES = '{"us.meta.llama4":{"input":0.2,"output":0.9}}';
  const [, llama] = choicesWith({ BEDROCK_MODEL_CHOICES: "us.meta.llama4", BEDROCK_PRICES });
  expect(llama).toEqual({
    ...{ id: "us.meta.llama4", name: "us.meta.llama4", context_tokens: null },
    ...{ price: { input_usd: 0.2, output_usd: 0.9 }, efforts: [], is_default: false },
  });
});

it("shows the twin's models without a price", () => {
  const choices = choicesWith({
    BEDROCK_MODEL_ID: "ollama/qwen3:8b",
    BEDROCK_MODEL_CHOICES: "demo-model-terse",
  });
  expect(choices.map(({ name, price }) => [name, price])).toEqual([
    ["qwen3:8b", null],
    ["Demo model, terse", null],
  ]);
});

it.each([
  ["global.amazon.nova-2-lite-v1:0", ["low", "medium"]],
  [
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0",
    ["low", "medium"],
  ],
  ["eu.anthropic.claude-sonnet-4-6", ["low", "medium", "high"]],
  ["us.anthropic.claude-haiku-4-5-20251001-v1:0", []],
  ["us.amazon.nova-pro-v1:0", []],
  ["toString", []],
])("the efforts of %s are %j", (modelId, efforts) => {
  expect(effortsOf(modelId)).toEqual(efforts);
});

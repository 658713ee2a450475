import { describe, expect, it } from "vitest";
import { costInUsd, priceOf, requiredPriceOf } from "./price.ts";

const none = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };
const million = { ...none, inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe("costInUsd", () => {
  it.each([
    ["global.amazon.nova-2-lite-v1:0", 2.8],
    ["us.amazon.nova-2-lite-v1:0", 3.08],
    ["amazon.nova-micro-v1:0", 0.175],
    ["us-gov.amazon.nova-micro-v1:0", 0.175],
    ["eu.anthropic.claude-sonnet-4-6", 19.8],
    ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0", 3.08],
    ["demo-model", 0],
    ["ollama/qwen3:4b", 0],
  ])("%s costs %d USD for a million tokens each way", (modelId, usd) => {
    expect(costInUsd(requiredPriceOf(modelId), million)).toBeCloseTo(usd, 9);
  });

  it.each([
    ["global.amazon.nova-2-lite-v1:0", { cacheReadTokens: 1_000_000 }, 0.075],
    ["global.amazon.nova-2-lite-v1:0", { cacheWriteTokens: 1_000_000 }, 0.3],
    ["us.anthropic.claude-sonnet-4-6", { cacheReadTokens: 1_000_000 }, 0.33],
    ["us.anthropic.claude-sonnet-4-6", { cacheWriteTokens: 1_000_000 }, 4.125],
    ["us.anthropic.claude-sonnet-4-6", { inputTokens: 1_000_000 }, 3.3],
  ])("%s costs for %j %d USD", (modelId, tokens, usd) => {
    expect(costInUsd(requiredPriceOf(modelId), { ...none, ...tokens })).toBeCloseTo(usd, 9);
  });

  it("the cost is unknown without a token count, unless the model is free", () => {
    expect(costInUsd(requiredPriceOf("us.amazon.nova-2-lite-v1:0"), null)).toBeNull();
    expect(costInUsd(requiredPriceOf("demo-model"), null)).toBe(0);
  });

  it.each(["us.meta.llama4-maverick-17b-instruct-v1:0", "toString", "us.amazon.unknown"])(
    "the price of %s is unknown",
    (modelId) => {
      expect(priceOf(modelId)).toBeUndefined();
      expect(() => requiredPriceOf(modelId)).toThrow(modelId);
    },
  );
});

import { describe, expect, it } from "vitest";
import { priceInUsd } from "./price.ts";

const million = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe("the price of a model call", () => {
  it.each([
    ["global.amazon.nova-2-lite-v1:0", 2.8],
    ["us.amazon.nova-2-lite-v1:0", 3.08],
    ["amazon.nova-micro-v1:0", 0.175],
    ["us-gov.amazon.nova-micro-v1:0", 0.175],
    ["eu.anthropic.claude-sonnet-4-6", 19.8],
    ["demo-model", 0],
    ["ollama/qwen3:4b", 0],
  ])("of %s is %d USD for a million tokens each way", (modelId, usd) => {
    expect(priceInUsd(modelId, million)).toBeCloseTo(usd, 9);
  });

  it.each(["us.meta.llama4-maverick-17b-instruct-v1:0", "toString", "us.amazon.unknown"])(
    "of %s is not known",
    (modelId) => {
      expect(priceInUsd(modelId, million)).toBeNull();
    },
  );
});

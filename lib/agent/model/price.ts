import type { TokenCount } from "./token-count.ts";

interface Price {
  /** USD per million tokens. */
  input: number;
  output: number;
  /** The price of a token that is read from the prompt cache, or written into it for five minutes, as a share of `input`. */
  cacheRead: number;
  cacheWrite: number;
  /** The surcharge of a geographic profile (`us.`, `eu.`, …) over a `global.` profile, as a share. */
  geographicSurcharge: number;
}

/** Amazon's models read from the cache at a quarter of the input price and write into it at the full price. */
const nova = { cacheRead: 0.25, cacheWrite: 1, geographicSurcharge: 0 };
const claude = { cacheRead: 0.1, cacheWrite: 1.25, geographicSurcharge: 0.1 };

/** List prices by model id without its profile prefix. Source: https://aws.amazon.com/bedrock/pricing/, November 2026. */
const prices: Record<string, Price> = {
  "amazon.nova-2-lite-v1:0": { ...nova, input: 0.3, output: 2.5, geographicSurcharge: 0.1 },
  "amazon.nova-pro-v1:0": { ...nova, input: 0.8, output: 3.2 },
  "amazon.nova-lite-v1:0": { ...nova, input: 0.06, output: 0.24 },
  "amazon.nova-micro-v1:0": { ...nova, input: 0.035, output: 0.14 },
  "anthropic.claude-haiku-4-5-20251001-v1:0": { ...claude, input: 1, output: 5 },
  "anthropic.claude-sonnet-4-6": { ...claude, input: 3, output: 15 },
  "anthropic.claude-sonnet-5": { ...claude, input: 3, output: 15 },
};

/**
 * Returns the cost of a model call in USD, or null if its tokens or the model's price are unknown. The twin's models are
 * free.
 */
export function priceInUsd(modelId: string, tokens: TokenCount | null): number | null {
  if (modelId === "demo-model" || modelId.startsWith("ollama/")) return 0;
  const [, profile, model = modelId] =
    modelId.match(/^([a-z-]+)\.((?:amazon|anthropic)\..+)$/) ?? [];
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!price || !tokens) return null;
  const inputTokens =
    tokens.inputTokens +
    tokens.cacheReadTokens * price.cacheRead +
    tokens.cacheWriteTokens * price.cacheWrite;
  const factor = profile === "global" ? 1 : 1 + price.geographicSurcharge;
  return ((inputTokens * price.input + tokens.outputTokens * price.output) * factor) / 1_000_000;
}

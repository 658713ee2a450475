import { type ModelPrice, twinEmbeddingModelId } from "#lib/platform/config.ts";

/** The tokens of a model call, by their price. */
export interface TokenCount {
  /** Without the tokens that the prompt cache read or wrote. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
}

/** USD per million tokens is the same number as microdollars per token. */
export type Price = ModelPrice;

/** Amazon's models read from the cache at a quarter of the input price and write into it at the full price. */
const nova = { cacheRead: 0.25, cacheWrite: 1, geographicSurcharge: 0 };
/** The surcharge is that of a geographic profile (`us.`, `eu.`, …) over a `global.` profile, as a share. */
const claude = { cacheRead: 0.1, cacheWrite: 1.25, geographicSurcharge: 0.1 };

/** List prices by model id without its profile prefix. Source: https://aws.amazon.com/bedrock/pricing/, November 2026. */
const listPrices: Record<string, Price & { geographicSurcharge: number }> = {
  "amazon.nova-2-lite-v1:0": { ...nova, input: 0.3, output: 2.5, geographicSurcharge: 0.1 },
  "amazon.nova-pro-v1:0": { ...nova, input: 0.8, output: 3.2 },
  "amazon.nova-lite-v1:0": { ...nova, input: 0.06, output: 0.24 },
  "amazon.nova-micro-v1:0": { ...nova, input: 0.035, output: 0.14 },
  "amazon.titan-embed-text-v2:0": { ...nova, input: 0.02, output: 0 },
  "anthropic.claude-haiku-4-5-20251001-v1:0": { ...claude, input: 1, output: 5 },
  "anthropic.claude-sonnet-4-6": { ...claude, input: 3, output: 15 },
  "anthropic.claude-sonnet-5": { ...claude, input: 3, output: 15 },
};

const free: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/**
 * Returns the price of a model, or undefined if nobody knows it. The twin's models are free.
 * @param own the deployment's own prices by model id, which win over the list
 */
export function priceOf(modelId: string, own: Record<string, Price> = {}): Price | undefined {
  if (Object.hasOwn(own, modelId)) return own[modelId];
  const isOfTwin = modelId.startsWith("demo-model") || modelId === twinEmbeddingModelId;
  if (isOfTwin || modelId.startsWith("ollama/")) return free;
  const { profile, model } = splitModelId(modelId);
  const listed = Object.hasOwn(listPrices, model) ? listPrices[model] : undefined;
  if (!listed) return undefined;
  const { geographicSurcharge, ...price } = listed;
  const factor = profile === "global" ? 1 : 1 + geographicSurcharge;
  return { ...price, input: price.input * factor, output: price.output * factor };
}

/** Returns the parts of an inference profile's id: `us` and `amazon.nova-pro-v1:0` for `us.amazon.nova-pro-v1:0`. */
export function splitModelId(modelId: string): { profile: string | undefined; model: string } {
  // An ARN of an inference profile ends with the profile's id.
  const id = modelId.replace(/^arn:.+:inference-profile\//, "");
  const [, profile, model = id] = id.match(/^([a-z-]+)\.((?:amazon|anthropic)\..+)$/) ?? [];
  return { profile, model };
}

/** @throws Error if the price is unknown; start-up and deployment refuse such a model */
export function requiredPriceOf(modelId: string, own?: Record<string, Price>): Price {
  const price = priceOf(modelId, own);
  if (!price) throw new Error(`The price of the model ${modelId} is unknown.`);
  return price;
}

/** Returns the cost of a model call in USD, or null if its tokens are unknown and it is not free. */
export function costInUsd(price: Price, tokens: TokenCount | null): number | null {
  if (price.input === 0 && price.output === 0) return 0;
  return tokens && toUsd(costInMicrodollars(price, tokens));
}

export const toUsd = (microdollars: number): number => roundUsd(microdollars / 1_000_000);

/** Rounds to a ten-thousandth of a microdollar, because a sum of binary fractions has digits like 0.0007251200000000001. */
export const roundUsd = (usd: number): number => Number(usd.toFixed(10));

/** Returns the cost of a model call in microdollars, with fractions. */
export function costInMicrodollars(price: Price, tokens: TokenCount): number {
  const inputTokens =
    tokens.inputTokens +
    tokens.cacheReadTokens * price.cacheRead +
    tokens.cacheWriteTokens * price.cacheWrite;
  return inputTokens * price.input + tokens.outputTokens * price.output;
}

/** Returns the most that a model call can cost in microdollars. A token is at least one byte of the request. */
export function worstCostInMicrodollars(
  price: Price,
  { requestBytes, outputTokens }: { requestBytes: number; outputTokens: number },
): number {
  const dearest = price.input * Math.max(1, price.cacheWrite);
  return requestBytes * dearest + outputTokens * price.output;
}

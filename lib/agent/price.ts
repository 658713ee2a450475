interface Price {
  /** USD per million tokens through a `global.` profile. */
  input: number;
  output: number;
  /** What a geographic profile (`us.`, `eu.`, …) costs more. */
  geographicSurcharge: number;
}

/** List prices without their profile prefix, November 2026. */
const prices: Record<string, Price> = {
  "amazon.nova-2-lite-v1:0": { input: 0.3, output: 2.5, geographicSurcharge: 0.1 },
  "amazon.nova-pro-v1:0": { input: 0.8, output: 3.2, geographicSurcharge: 0 },
  "amazon.nova-lite-v1:0": { input: 0.06, output: 0.24, geographicSurcharge: 0 },
  "amazon.nova-micro-v1:0": { input: 0.035, output: 0.14, geographicSurcharge: 0 },
  "anthropic.claude-haiku-4-5-20251001-v1:0": { input: 1, output: 5, geographicSurcharge: 0.1 },
  "anthropic.claude-sonnet-4-6": { input: 3, output: 15, geographicSurcharge: 0.1 },
  "anthropic.claude-sonnet-5": { input: 3, output: 15, geographicSurcharge: 0.1 },
};

/** What a model call costs in USD; null when the model's price is not known. Models of the twin are free. */
export function priceInUsd(
  modelId: string,
  tokens: { inputTokens: number; outputTokens: number },
): number | null {
  if (modelId === "demo-model" || modelId.startsWith("ollama/")) return 0;
  const [, profile, model = modelId] =
    modelId.match(/^([a-z-]+)\.((?:amazon|anthropic)\..+)$/) ?? [];
  const price = Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (!price) return null;
  const factor = profile === "global" ? 1 : 1 + price.geographicSurcharge;
  const { inputTokens, outputTokens } = tokens;
  return ((inputTokens * price.input + outputTokens * price.output) * factor) / 1_000_000;
}

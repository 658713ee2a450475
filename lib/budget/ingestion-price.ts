import type { Config } from "#lib/platform/config.ts";
import { requiredPriceOf } from "./price.ts";

/** What it costs to read a document, in whole microdollars. */
export interface IngestionPrice {
  /** Of the function that runs for so long. */
  ofTime(milliseconds: number): number;
  ofTokens(tokens: number): number;
  /** The most that the vectors of texts with so many bytes can cost: a token is at least one byte. */
  worstOfBytes(bytes: number): number;
}

/** Lambda on arm64: $0.0000133334 for a second with 1 GB. https://aws.amazon.com/lambda/pricing/, November 2026. */
const microdollarsPerGigabyteSecond = 13.3334;

/** @throws Error if the price of the embedding model is unknown */
export function ingestionPriceOf(
  config: Pick<Config, "environment" | "modelPrices"> & {
    documents: Pick<Config["documents"], "embeddingModelId">;
  },
  { memoryMegabytes }: { memoryMegabytes: number },
): IngestionPrice {
  const { embeddingModelId } = config.documents;
  const perToken =
    embeddingModelId === undefined
      ? 0
      : requiredPriceOf(embeddingModelId, config.modelPrices).input;
  const perSecond =
    config.environment === "local" ? 0 : microdollarsPerGigabyteSecond * (memoryMegabytes / 1_024);
  return {
    ofTime: (milliseconds) => Math.ceil((perSecond * milliseconds) / 1_000),
    ofTokens: (tokens) => Math.ceil(perToken * tokens),
    worstOfBytes: (bytes) => Math.ceil(perToken * bytes),
  };
}

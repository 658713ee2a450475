/** A model that turns texts into vectors, so that texts of a similar meaning have similar vectors. */
export interface Embeddings {
  modelId: string;
  dimensions: typeof embeddingDimensions;
  /**
   * Returns a vector of length 1 for each text, in order, and how many tokens the model has billed.
   * @throws EmbeddingFailure, or the signal's reason
   */
  embed(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<{ vectors: Float32Array[]; tokens: number }>;
}

/** The tables of migration 0015 have this size. */
export const embeddingDimensions = 512;

/** The model gave no vectors. The message is a sentence for people. */
export class EmbeddingFailure extends Error {
  override readonly name = "EmbeddingFailure";
  /** The tokens that were billed before the failure. */
  readonly tokens: number;

  constructor(message: string, options: { tokens?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.tokens = options.tokens ?? 0;
  }
}

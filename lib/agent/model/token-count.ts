import * as v from "valibot";

/** The tokens of a model call, by what they cost. */
export interface TokenCount {
  /** Read anew: neither out of the prompt cache nor into it. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
}

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Of Converse's `metadata` event. Its `inputTokens` do not hold those of the cache, LangChain's `input_tokens` do. */
const Metadata = v.object({
  usage: v.object({
    inputTokens: Count,
    outputTokens: Count,
    cacheReadInputTokens: v.optional(Count, 0),
    cacheWriteInputTokens: v.optional(Count, 0),
  }),
});

/** What a model has reported, or undefined: then nobody knows what the call took. */
export function tokenCountOf(metadata: unknown): TokenCount | undefined {
  const { success, output } = v.safeParse(Metadata, metadata);
  if (!success) return undefined;
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = output.usage;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: cacheReadInputTokens,
    cacheWriteTokens: cacheWriteInputTokens,
  };
}

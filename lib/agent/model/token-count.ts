import * as v from "valibot";
import type { TokenCount } from "#lib/budget/price.ts";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Converse's `metadata` event. Its `inputTokens` exclude cached tokens. */
const Metadata = v.object({
  usage: v.object({
    inputTokens: Count,
    outputTokens: Count,
    cacheReadInputTokens: v.optional(Count, 0),
    cacheWriteInputTokens: v.optional(Count, 0),
  }),
});

/** Returns the tokens that a model has reported, or undefined if the metadata has no valid count. */
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

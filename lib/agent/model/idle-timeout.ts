import type { AIMessageChunk } from "@langchain/core/messages";

/** How long a model may send nothing. */
export interface IdleTimeouts {
  /** Before the first chunk of its answer. A model that thinks sends nothing in this time. */
  firstTokenMs: number;
  /** Between two chunks. */
  betweenTokensMs: number;
}

export const defaultIdleTimeouts: IdleTimeouts = {
  firstTokenMs: 60_000,
  betweenTokensMs: 30_000,
};

/** The model sent nothing for longer than its timeout. Its connection is closed. */
export class ModelSilent extends Error {
  override readonly name = "ModelSilent";
}

/**
 * Yields the chunks of an answer and aborts the stream after a timeout. LangChain's `streamIdleTimeout` has only one
 * time for both cases.
 * @throws ModelSilent after a timeout
 */
export async function* withIdleTimeouts(
  open: (signal: AbortSignal) => Promise<AsyncIterable<AIMessageChunk>>,
  { firstTokenMs, betweenTokensMs }: IdleTimeouts,
  signal: AbortSignal,
): AsyncGenerator<AIMessageChunk> {
  const timeout = new AbortController();
  const startTimer = (ms: number) =>
    setTimeout(() => timeout.abort(new ModelSilent(`Nothing came for ${ms} ms.`)), ms);
  let timer = startTimer(firstTokenMs);
  let hasBegun = false;
  try {
    for await (const chunk of await open(AbortSignal.any([signal, timeout.signal]))) {
      hasBegun ||= hasContent(chunk);
      // Bedrock sends messageStart before the model has written anything, so it does not count as a chunk.
      if (hasBegun) clearTimeout(timer);
      yield chunk;
      if (hasBegun) timer = startTimer(betweenTokensMs);
    }
    // LangChain ends an aborted stream without an error.
    timeout.signal.throwIfAborted();
  } catch (error) {
    timeout.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function hasContent({ content, tool_call_chunks = [] }: AIMessageChunk): boolean {
  return content.length > 0 || tool_call_chunks.length > 0;
}

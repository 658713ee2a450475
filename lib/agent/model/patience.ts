import type { AIMessageChunk } from "@langchain/core/messages";

/** How long a model may be silent. */
export interface Patience {
  /** Before the first piece of its answer: a model that thinks sends nothing meanwhile. */
  firstWordMs: number;
  /** Between two pieces, once it has begun. */
  silenceMs: number;
}

export const defaultPatience: Patience = { firstWordMs: 60_000, silenceMs: 30_000 };

/** The model said nothing for longer than somebody waits. Its connection is closed. */
export class ModelSilent extends Error {
  override readonly name = "ModelSilent";
}

/**
 * The chunks of an answer, as long as they keep coming. LangChain's `streamIdleTimeout` knows one time for both.
 * @throws ModelSilent
 */
export async function* withPatience(
  open: (signal: AbortSignal) => Promise<AsyncIterable<AIMessageChunk>>,
  { firstWordMs, silenceMs }: Patience,
  signal: AbortSignal,
): AsyncGenerator<AIMessageChunk> {
  const silence = new AbortController();
  const wait = (ms: number) =>
    setTimeout(() => silence.abort(new ModelSilent(`Nothing came for ${ms} ms.`)), ms);
  let timer = wait(firstWordMs);
  let hasBegun = false;
  try {
    for await (const chunk of await open(AbortSignal.any([signal, silence.signal]))) {
      hasBegun ||= isWord(chunk);
      // Bedrock's messageStart, which comes before the model has said anything, does not start the clock anew.
      if (hasBegun) clearTimeout(timer);
      yield chunk;
      if (hasBegun) timer = wait(silenceMs);
    }
    // LangChain ends a stream quietly when it is aborted.
    silence.signal.throwIfAborted();
  } catch (error) {
    silence.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isWord({ content, tool_call_chunks = [] }: AIMessageChunk): boolean {
  return content.length > 0 || tool_call_chunks.length > 0;
}

import type { Tool } from "./tool.ts";

/** Tools that must be looked up: those of tool servers, or of a database whose tables change. */
export interface ToolSource {
  /**
   * Returns the tools as they are now: the same array as long as nothing has changed. Returns its cache at once, also an old
   * one, which it then refreshes. Never throws.
   * @param signal aborts when nobody waits any more: the source then returns at once what it has; what was begun may still
   * fill the cache
   */
  load(signal: AbortSignal): Promise<LoadedTools>;
}

export interface LoadedTools {
  tools: readonly Tool[];
  /** False if some of the tools could not be looked up. */
  isComplete: boolean;
}

/** Loads all sources side by side. Leaves out the tools of a source that takes longer than the longest wait. */
export function loadTools(
  sources: readonly ToolSource[],
  signal: AbortSignal,
  longestWaitMs: number,
): Promise<LoadedTools[]> {
  return Promise.all(sources.map((source) => loadInTime(source, signal, longestWaitMs)));
}

const nothing: LoadedTools = { tools: [], isComplete: false };

async function loadInTime(
  source: ToolSource,
  signal: AbortSignal,
  longestWaitMs: number,
): Promise<LoadedTools> {
  const waiting = new AbortController();
  const { promise: tooLate, resolve } = Promise.withResolvers<LoadedTools>();
  const giveUp = () => {
    waiting.abort(new Error("Nobody waits for the tools any more."));
    // A source of several servers now returns the tools of those that answered.
    setImmediate(resolve, nothing);
  };
  const timer = setTimeout(giveUp, longestWaitMs);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([source.load(waiting.signal), tooLate]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

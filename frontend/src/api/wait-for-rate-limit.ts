import { ApiProblem } from "./api-problem.ts";

/**
 * Sends a request, again after each 429. A work of many requests needs more of them than an address may send in a minute.
 * @param onWait is called with when the next request goes out, in milliseconds since 1970
 * @throws what `send` throws, or the reason of `signal`
 */
export async function waitForRateLimit<Result>(
  send: () => Promise<Result>,
  signal: AbortSignal,
  onWait?: (untilMs: number) => void,
): Promise<Result> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 429) throw error;
      if (error.retryAfterSeconds === undefined) throw error;
      const waitMs = error.retryAfterSeconds * 1_000;
      onWait?.(Date.now() + waitMs);
      await pause(waitMs, signal);
    }
  }
}

/** Resolves at once if `signal` aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

import { ProblemError, readProblem } from "./problem.ts";
import { type ChatEvent, readEvents } from "./read-events.ts";

/** The service sends a comment after 10 s without an event. */
const maxSilenceMs = 30_000;
const maxRetries = 5;
/** A longer `Retry-After` is an error for the caller. */
const maxWaitSeconds = 120;
const transientStatuses = [429, 502, 503, 504];

export interface StreamOptions {
  signal: AbortSignal | undefined;
  /** Between two attempts. */
  pauseMs: number;
}

/**
 * Yields the events of a turn until it has ended or waits for a person, over as many connections as that takes. Joining again
 * begins with a `snapshot`, which replaces what came before. Gives up after five retries in a row without news.
 * @param open sends the first request without an address, and later ones to the address in `Content-Location`
 * @throws ProblemError if the service refuses the request, or what `fetch` threw last
 */
export async function* resumeStream(
  open: (address: string | undefined, signal: AbortSignal) => Promise<Response>,
  { signal, pauseMs }: StreamOptions,
): AsyncGenerator<ChatEvent, void, undefined> {
  let address: string | undefined;
  /** How many connections in a row have brought nothing new. */
  let fruitless = 0;
  while (fruitless <= maxRetries) {
    fruitless += 1;
    let waitMs = pauseMs;
    const connection = new AbortController();
    const cut = () => connection.abort(signal?.reason);
    signal?.addEventListener("abort", cut);
    let silence = setTimeout(cut, maxSilenceMs);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(cut, maxSilenceMs);
    };
    try {
      signal?.throwIfAborted();
      const response = await open(address, connection.signal);
      if (response.status === 204) return;
      if (!response.ok) throw await readProblem(response);
      address = response.headers.get("content-location") ?? address;
      for await (const event of readEvents(response, heard)) {
        if (event.event !== "error") fruitless = 0;
        else waitMs = Math.max(waitMs, (event.data.retry_after ?? 0) * 1_000);
        yield event;
        if (isEnd(event, address)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      const waitSeconds = secondsUntilRetry(error);
      if (waitSeconds === undefined || fruitless > maxRetries) throw error;
      waitMs = Math.max(waitMs, waitSeconds * 1_000);
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener("abort", cut);
      // The response of a turn that has ended may stay open for a while: the service then names the conversation.
      connection.abort();
    }
    await pause(waitMs, signal);
  }
  throw new Error("The stream has ended again and again without news of the turn.");
}

/** Returns whether nothing follows this event before somebody acts. The stream may begin with turns that were sent earlier. */
function isEnd({ event, data, id }: ChatEvent, address: string | undefined): boolean {
  switch (event) {
    case "done":
    case "stopped":
      return isTurnOf(address, data.turn_id);
    case "waiting":
      return true;
    case "error":
      return id === undefined ? !data.retryable : isTurnOf(address, id.replace(/\.end$/, ""));
    default:
      return false;
  }
}

function isTurnOf(address: string | undefined, turnId: string): boolean {
  const [, query] = address?.split("?") ?? [];
  const wanted = new URLSearchParams(query).get("turn_id");
  return wanted === null || wanted === turnId;
}

/** Returns undefined if another attempt would have the same result. */
function secondsUntilRetry(error: unknown): number | undefined {
  if (!(error instanceof ProblemError)) return 0;
  if (!transientStatuses.includes(error.status)) return undefined;
  const seconds = error.retryAfterSeconds ?? 0;
  return seconds <= maxWaitSeconds ? seconds : undefined;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason);
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  });
}

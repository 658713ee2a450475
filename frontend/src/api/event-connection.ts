import { createParser, type EventSourceMessage } from "eventsource-parser";
import { readProblem, toApiProblem, unreadableResponse } from "./api-problem.ts";

// The longest wait for a response: functions start and the database wakes up.
const responseTimeoutMs = 35_000;
// The service ends most streams together with their last event. A stream that also summarises the conversation ends later.
const finishTimeoutMs = 1_000;
// The service gives the model 20 s for a title.
const titleTimeoutMs = 25_000;

export type Message = { kind: "retry"; ms: number } | ({ kind: "event" } & EventSourceMessage);

/** A response that streams events. Its headers have arrived. */
export interface EventConnection {
  headers: Headers;
  /** Yields the messages until the response ends. Throws if the response is cut, is silent for too long, or `signal` aborts. */
  read(silenceMs: number, signal: AbortSignal): AsyncGenerator<Message, void, undefined>;
  /** Cuts the connection. */
  close(): void;
  /**
   * Lets the response end, so that the browser can use the connection for the next request. Cuts a response that goes on.
   * With `onMessage` it goes on for as long as the service may need for a title.
   */
  finish(onMessage?: (message: Message) => void): void;
}

/**
 * Sends a request for a stream and waits for the headers of the response. Aborting `signal` ends only this wait. Returns null
 * after a 204.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function openEventConnection(
  url: string,
  request: Pick<RequestInit, "method" | "headers" | "body">,
  signal: AbortSignal,
): Promise<EventConnection | null> {
  signal.throwIfAborted();
  const connection = new AbortController();
  const cancel = () => connection.abort(signal.reason);
  signal.addEventListener("abort", cancel);
  const deadline = setTimeout(
    () => connection.abort(timeout("There was no response")),
    responseTimeoutMs,
  );
  try {
    const response = await fetch(url, { ...request, cache: "no-store", signal: connection.signal });
    if (response.status === 204) return null;
    if (!response.ok) throw await readProblem(response);
    const isEventStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    // A success that is not from our service, for example the login page of a public network.
    if (!isEventStream || response.body === null) throw unreadableResponse(502);
    return createConnection(response.headers, response.body.getReader(), connection);
  } catch (error) {
    connection.abort();
    signal.throwIfAborted();
    throw toApiProblem(error);
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener("abort", cancel);
  }
}

function createConnection(
  headers: Headers,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  connection: AbortController,
): EventConnection {
  const close = () => connection.abort();
  // A later call of `read` goes on where the one before has ended.
  const messages: Message[] = [];
  const parser = createParser({
    onEvent: (message) => messages.push({ kind: "event", ...message }),
    onRetry: (ms) => messages.push({ kind: "retry", ms }),
  });
  const decoder = new TextDecoder();

  function* takeMessages() {
    for (let next = messages.shift(); next; next = messages.shift()) yield next;
  }

  async function* read(silenceMs: number, signal: AbortSignal) {
    const disconnect = () => connection.abort(timeout("The stream went silent"));
    let silence = setTimeout(disconnect, silenceMs);
    signal.addEventListener("abort", close);
    if (signal.aborted) close();
    try {
      for (;;) {
        yield* takeMessages();
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(disconnect, silenceMs);
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", close);
    }
  }
  async function readRest(onMessage: (message: Message) => void) {
    try {
      for await (const message of read(titleTimeoutMs, connection.signal)) onMessage(message);
    } catch {
      // The turn has ended, so nobody misses what was cut.
    }
  }

  return {
    headers,
    read,
    close,
    finish(onMessage) {
      setTimeout(close, onMessage ? titleTimeoutMs : finishTimeoutMs);
      if (onMessage) void readRest(onMessage);
    },
  };
}

const timeout = (message: string) => new DOMException(message, "TimeoutError");

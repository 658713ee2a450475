import { createParser, type EventSourceMessage } from "eventsource-parser";
import * as v from "valibot";
import {
  endOfTurnId,
  type StreamEvent,
  type StreamEventName,
  streamEventSchemas,
} from "#lib/contract/stream-event.ts";
import { anySignal } from "./any-signal.ts";
import {
  type ApiProblem,
  parseJson,
  readProblem,
  toApiProblem,
  unreadableResponse,
} from "./api-problem.ts";

export interface EventStreamOptions {
  signal: AbortSignal;
  /** Called before each pause. `problem` is undefined if the connection was cut without an error. */
  onWait?: (wait: { retryInMs: number; problem: ApiProblem | undefined }) => void;
  /** A started connection without a byte for this time is dead: the service sends a comment every 10 s. */
  silenceMs?: number;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
// The longest wait for the first byte: functions start and the database wakes up.
const firstByteTimeoutMs = 35_000;

/**
 * Yields the events of a turn's stream as they arrive. After a cut it waits, a longer time after each failure, and connects
 * again with `Last-Event-ID`. The service then starts with a snapshot, so that no event is lost or doubled. Ends after a
 * turn's last event when the service closes the connection, after a 204, and when `signal` aborts.
 * @throws ApiProblem if another request would fail as well (any 4xx but 429)
 */
export async function* readEventStream(
  url: string,
  options: EventStreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, onWait, silenceMs = 15_000, pause = pauseFor, random = Math.random } = options;
  let lastEventId: string | undefined;
  let delayMs = firstDelayMs;
  let failures = 0;

  while (!signal.aborted) {
    let problem: ApiProblem | undefined;
    let retryAfterSeconds: number | undefined;
    let turnHasEnded = false;
    try {
      for await (const message of connect(url, lastEventId, silenceMs, signal)) {
        if (message.kind === "noContent") return;
        if (message.kind === "retry") {
          delayMs = message.ms;
          continue;
        }
        lastEventId = message.id ?? lastEventId;
        const event = parseEvent(message);
        if (event === undefined) continue;
        failures = 0;
        turnHasEnded = endsTurn(event);
        if (event.event === "error") retryAfterSeconds = event.data.retry_after;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      problem = toApiProblem(error);
      if (!isTemporary(problem)) throw problem;
      retryAfterSeconds = problem.retryAfterSeconds;
    }
    if (turnHasEnded) return;
    const retryInMs =
      retryAfterSeconds === undefined
        ? Math.min(longestDelayMs, delayMs * 2 ** failures) * (0.5 + random() / 2)
        : retryAfterSeconds * 1_000 + random() * 500;
    failures += 1;
    onWait?.({ retryInMs, problem });
    await pause(retryInMs, signal);
  }
}

/** Returns whether this is the last event of its turn. A retryable error ends only the connection. */
export function endsTurn(event: StreamEvent): boolean {
  if (event.event === "done" || event.event === "stopped") return true;
  if (event.event !== "error") return false;
  return !event.data.retryable || (event.id?.endsWith(endOfTurnId("")) ?? false);
}

type Message =
  | { kind: "noContent" }
  | { kind: "retry"; ms: number }
  | ({ kind: "event" } & EventSourceMessage);

/** Yields the messages of one connection, from the request to the last byte. */
async function* connect(
  url: string,
  lastEventId: string | undefined,
  silenceMs: number,
  signal: AbortSignal,
): AsyncGenerator<Message, void, undefined> {
  const connection = new AbortController();
  const disconnect = () =>
    connection.abort(new DOMException("The stream went silent", "TimeoutError"));
  let silence = setTimeout(disconnect, firstByteTimeoutMs);
  try {
    const response = await fetch(url, {
      headers: {
        accept: "text/event-stream",
        ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
      },
      cache: "no-store",
      signal: anySignal([signal, connection.signal]),
    });
    if (response.status === 204) {
      yield { kind: "noContent" };
      return;
    }
    if (!response.ok) throw await readProblem(response);
    const isEventStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    // A success that is not from our service, for example the login page of a public network.
    if (!isEventStream || response.body === null) throw unreadableResponse(502);

    const messages: Message[] = [];
    const parser = createParser({
      onEvent: (message) => messages.push({ kind: "event", ...message }),
      onRetry: (ms) => messages.push({ kind: "retry", ms }),
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(silence);
      silence = setTimeout(disconnect, silenceMs);
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    clearTimeout(silence);
    connection.abort();
  }
}

/** Returns undefined for an event outside this page's contract, from a newer service. `done` still brings the whole text. */
function parseEvent({ event: name, data, id }: EventSourceMessage): StreamEvent | undefined {
  if (name === undefined || !isEventName(name)) return undefined;
  const parsed = v.safeParse(streamEventSchemas[name], parseJson(data));
  if (!parsed.success) return undefined;
  // The compiler cannot relate the schema to the name.
  return { event: name, data: parsed.output, ...(id === undefined ? {} : { id }) } as StreamEvent;
}

function isEventName(name: string): name is StreamEventName {
  return Object.hasOwn(streamEventSchemas, name);
}

function isTemporary({ status }: ApiProblem): boolean {
  return status < 400 || status === 429 || status >= 500;
}

/** Resolves early if `signal` aborts. */
function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish);
  });
}

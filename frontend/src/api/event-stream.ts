import type { EventSourceMessage } from "eventsource-parser";
import * as v from "valibot";
import {
  endOfTurnId,
  type StreamEvent,
  type StreamEventName,
  streamEventSchemas,
} from "#lib/contract/stream-event.ts";
import { type ApiProblem, parseJson, toApiProblem } from "./api-problem.ts";
import { type EventConnection, type Message, openEventConnection } from "./event-connection.ts";

export interface EventStreamOptions {
  signal: AbortSignal;
  /** The first connection, if another request has opened it already. */
  opened?: EventConnection | undefined;
  /** Called before each pause. `problem` is undefined if the connection was cut without an error. */
  onWait?: (wait: { retryInMs: number; problem: ApiProblem | undefined }) => void;
  /** Called if the service sends the title that the model has given the conversation, also when the turn's events have ended. */
  onTitle?: ((conversationId: string, title: string) => void) | undefined;
  /** A started connection without a byte for this time is dead: the service sends a comment every 10 s. */
  silenceMs?: number;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

const firstDelayMs = 1_000;
const longestDelayMs = 30_000;

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
  const {
    signal,
    onWait,
    onTitle,
    silenceMs = 15_000,
    pause = pauseFor,
    random = Math.random,
  } = options;
  let { opened } = options;
  let lastEventId: string | undefined;
  let delayMs = firstDelayMs;
  let failures = 0;

  while (!signal.aborted) {
    let problem: ApiProblem | undefined;
    let retryAfterSeconds: number | undefined;
    let turnHasEnded = false;
    let connection: EventConnection | null | undefined;
    try {
      connection = opened ?? (await openEventConnection(url, streamRequest(lastEventId), signal));
      opened = undefined;
      if (connection === null) return;
      for await (const message of connection.read(silenceMs, signal)) {
        if (message.kind === "retry") {
          delayMs = message.ms;
          continue;
        }
        lastEventId = message.id ?? lastEventId;
        const event = parseEvent(message);
        if (event === undefined) continue;
        failures = 0;
        if (event.event === "title") {
          onTitle?.(event.data.conversation_id, event.data.title);
          continue;
        }
        turnHasEnded = endsTurn(event);
        if (event.event === "error") retryAfterSeconds = event.data.retry_after;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      problem = toApiProblem(error);
      if (!isTemporary(problem)) throw problem;
      retryAfterSeconds = problem.retryAfterSeconds;
    } finally {
      if (turnHasEnded) connection?.finish(onTitle && ((message) => readTitle(message, onTitle)));
      else connection?.close();
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

function readTitle(message: Message, onTitle: NonNullable<EventStreamOptions["onTitle"]>): void {
  const event = message.kind === "event" ? parseEvent(message) : undefined;
  if (event?.event === "title") onTitle(event.data.conversation_id, event.data.title);
}

const streamRequest = (lastEventId: string | undefined) => ({
  headers: {
    accept: "text/event-stream",
    ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
  },
});

/**
 * Returns whether this is the last event of its turn, or its last event until a person decides. A retryable error ends only
 * the connection.
 */
export function endsTurn(event: StreamEvent): boolean {
  if (event.event === "done" || event.event === "stopped" || event.event === "waiting") return true;
  if (event.event !== "error") return false;
  return !event.data.retryable || (event.id?.endsWith(endOfTurnId("")) ?? false);
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

import { createParser } from "eventsource-parser";
import { readProblem } from "./problem.ts";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

interface EventData {
  turn: Schemas["TurnEvent"];
  snapshot: Schemas["SnapshotEvent"];
  delta: Schemas["DeltaEvent"];
  reasoning: Schemas["ReasoningEvent"];
  tool: Schemas["ToolEvent"];
  source: Schemas["SourceEvent"];
  done: Schemas["DoneEvent"];
  waiting: Schemas["WaitingEvent"];
  stopped: Schemas["StoppedEvent"];
  error: Schemas["ErrorEvent"];
  title: Schemas["TitleEvent"];
}

/** One event of a stream. Ignore events that you do not know: later versions of the service may send more. */
export type ChatEvent = {
  [Name in keyof EventData]: { event: Name; data: EventData[Name]; id?: string };
}[keyof EventData];

/**
 * Yields the events of a response as they arrive.
 * @param onBytes is called for everything that arrives, also for comments
 * @throws ProblemError if the response is not a stream of events, and what `fetch` throws if the connection is lost
 */
export async function* readEvents(
  response: Response,
  onBytes: () => void = () => {},
): AsyncGenerator<ChatEvent, void, undefined> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    throw await readProblem(response);
  }
  const arrived: ChatEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) =>
      arrived.push({
        event,
        data: JSON.parse(data),
        ...(id !== undefined && { id }),
      } as ChatEvent),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    onBytes();
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* arrived.splice(0);
  }
}

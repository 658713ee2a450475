import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { type TurnState, unknownUsage } from "#lib/contract/chat.ts";
import { endOfTurnId, type StreamEvent, waitingId } from "#lib/contract/stream-event.ts";
import type { TurnEnd } from "#lib/conversations/turn-lease.ts";
import { internalFailure } from "./turn-failure.ts";
import type { TurnProgress } from "./turn-progress.ts";

type ShownTurn = Pick<
  TurnState,
  | "conversation_id"
  | "turn_id"
  | "attempt"
  | "parent"
  | "replaces"
  | "partial"
  | "restarts"
  | "result"
  | "tools"
  | "sources"
>;

const textOf = ({ result, partial }: ShownTurn): string => result ?? partial ?? "";

/** Returns the first event of each turn: which turn it is. */
export const turnEvent = (
  turn: Pick<ShownTurn, "conversation_id" | "turn_id" | "attempt" | "parent" | "replaces">,
): StreamEvent => ({
  event: "turn",
  data: {
    conversation_id: turn.conversation_id,
    turn_id: turn.turn_id,
    attempt: turn.attempt,
    parent: turn.parent,
    replaces: turn.replaces,
  },
  id: turn.turn_id,
});

/** Returns the first events for a client that joins a turn: which turn it is, and its text and tools so far. */
export const joinEvents = (turn: ShownTurn): StreamEvent[] => [
  turnEvent(turn),
  snapshotEvent(textOf(turn), turn),
];

const snapshotEvent = (
  text: string,
  { tools, sources, restarts }: Pick<ShownTurn, "tools" | "sources" | "restarts">,
): StreamEvent => ({
  event: "snapshot",
  data: { text, tools, sources, ...(restarts && { restarts }) },
});

/** Returns the events that bring a client from one state of a turn to a later state. */
export function changeEvents(before: TurnState, after: TurnState): StreamEvent[] {
  const [textBefore, textAfter] = [textOf(before), textOf(after)];
  if (before.attempt !== after.attempt) return joinEvents(after);
  // A restarted model call has replaced the text, so a delta cannot describe the change.
  if (before.restarts !== after.restarts || !textAfter.startsWith(textBefore)) {
    return [snapshotEvent(textAfter, after)];
  }
  const events: StreamEvent[] = [];
  for (const source of after.sources) {
    const isKnown = before.sources.some(({ index }) => index === source.index);
    if (!isKnown) events.push({ event: "source", data: source });
  }
  for (const tool of after.tools) {
    const isKnown = before.tools.some((old) => old.id === tool.id && old.state === tool.state);
    if (!isKnown) events.push({ event: "tool", data: tool });
  }
  if (textAfter.length > textBefore.length) {
    events.push({ event: "delta", data: { text: textAfter.slice(textBefore.length) } });
  }
  return events;
}

/**
 * Returns the event that shows an agent's event to the client, or undefined if the client does not need it.
 * @param progress the turn's progress, which already includes the agent's event
 */
export function agentEventToStream(
  event: AgentEvent,
  progress: TurnProgress,
): StreamEvent | undefined {
  switch (event.type) {
    case "text":
      return { event: "delta", data: { text: event.text } };
    case "reasoning":
      return { event: "reasoning", data: { text: event.text } };
    case "tool": {
      // The progress knows the call's text_offset, the agent does not.
      const tool = progress.tools.find(({ id }) => id === event.tool.id);
      return tool && { event: "tool", data: tool };
    }
    case "restart":
      return snapshotEvent(progress.text, progress);
    case "source":
      return { event: "source", data: event.source };
    case "history":
    case "model_call":
    case "broken_call":
    case "tool_cost":
    case "tools_missing":
    case "thread_full":
    case "paused":
    case "suggestions":
      return undefined;
  }
}

/** Returns the last event before a person's decision: the calls that wait for it. */
export function waitingEvent({
  turn_id,
  parkings,
  tools,
}: Pick<TurnState, "turn_id" | "parkings" | "tools">): StreamEvent {
  const calls = tools.filter(({ state }) => state === "waiting");
  return { event: "waiting", data: { turn_id, calls }, id: waitingId(turn_id, parkings) };
}

/** Returns the last event of a turn that has ended, made from its stored row. */
export function storedEndEvent(turn: TurnState, requestId: string): StreamEvent {
  const durationMs = Date.parse(turn.finished_at ?? turn.created_at) - Date.parse(turn.created_at);
  const status: TurnEnd["status"] =
    turn.status === "stopped" || turn.status === "failed" ? turn.status : "done";
  const end = {
    ...turn,
    status,
    text: textOf(turn),
    historyFrom: turn.history_from,
    summarisedUntil: turn.summarised_until,
    unsourcedNumbers: turn.unsourced_numbers,
  };
  return endEvent(turn.turn_id, end, durationMs, requestId);
}

/** Returns the last event of a turn. A client that reconnects with this event's id gets a 204: there is no more. */
export function endEvent(
  turnId: string,
  end: TurnEnd,
  durationMs: number,
  requestId: string,
): StreamEvent {
  const id = endOfTurnId(turnId);
  switch (end.status) {
    case "stopped":
      return { event: "stopped", data: { turn_id: turnId, text: end.text }, id };
    case "failed":
      return {
        event: "error",
        data: { ...(end.error ?? internalFailure), request_id: requestId, retryable: false },
        id,
      };
    case "done":
      return {
        event: "done",
        data: {
          turn_id: turnId,
          text: end.text,
          model: end.model,
          usage: end.usage ?? unknownUsage,
          remarks: [...end.remarks],
          history_from: end.historyFrom,
          summarised_until: end.summarisedUntil,
          duration_ms: Math.round(durationMs),
          ...(end.citations?.length && { citations: end.citations }),
          ...(end.unsourcedNumbers?.length && { unsourced_numbers: end.unsourcedNumbers }),
          ...(end.suggestions?.length && { suggestions: [...end.suggestions] }),
        },
        id,
      };
  }
}

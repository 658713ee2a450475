import { type TurnState, unknownUsage } from "#lib/contract/chat.ts";
import { problemTitles } from "#lib/contract/problem-titles.ts";
import { endOfTurnId, type StreamEvent } from "#lib/contract/stream-event.ts";
import type { TurnEnd } from "#lib/conversations/turn-lease.ts";

export const hasEnded = ({ status }: TurnState): boolean =>
  status === "done" || status === "failed" || status === "stopped";

const textOf = (turn: TurnState): string => turn.result ?? turn.partial ?? "";

/** What a client is told that joins a turn: its beginning, and all there is of it. */
export function joinEvents(turn: TurnState): StreamEvent[] {
  return [
    {
      event: "turn",
      data: {
        conversation_id: turn.conversation_id,
        turn_id: turn.turn_id,
        attempt: turn.attempt,
        replaces: turn.replaces,
      },
      id: turn.turn_id,
    },
    { event: "snapshot", data: { text: textOf(turn), tools: turn.tools } },
  ];
}

/** What a client is told that has seen the turn as it was before. */
export function changeEvents(before: TurnState, after: TurnState): StreamEvent[] {
  const [seen, now] = [textOf(before), textOf(after)];
  if (before.attempt !== after.attempt) return joinEvents(after);
  if (!now.startsWith(seen)) {
    return [{ event: "snapshot", data: { text: now, tools: after.tools } }];
  }
  const events: StreamEvent[] = after.tools
    .filter((tool) => !before.tools.some((old) => old.id === tool.id && old.state === tool.state))
    .map((tool) => ({ event: "tool", data: tool }));
  if (now.length > seen.length) {
    events.push({ event: "delta", data: { text: now.slice(seen.length) } });
  }
  return events;
}

/** The last event of a turn that has ended, read back from where it is stored. */
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
  };
  return endEvent(turn.turn_id, end, durationMs, requestId);
}

/** The last event of a turn: its id lets a reconnecting client be told that there is no more. */
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
        },
        id,
      };
  }
}

/** A fault of our own; what it was is in the log. */
export const internalFailure = {
  type: "internal_error",
  title: problemTitles.internal_error,
  status: 500,
  detail: "This answer failed. Please send the message again.",
};

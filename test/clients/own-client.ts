import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { type EndEvent, emptyView, foldEvent } from "#lib/facades/turn-view.ts";
import { ownEvents } from "#lib/sse/event-stream-response.ts";
import { readEvents } from "#test/support/chat-client.ts";
import { turnId, turnState } from "#test/support/turn-state.ts";
import { answerOf, type ProtocolUnderTest, type ShownAnswer } from "./shown-answer.ts";

/** Our own events. */
export const ownProtocol: ProtocolUnderTest = {
  name: "our own events",
  shows: "every call",
  createClient: (service) => ({
    read: async () => readOwnEvents(service.stream(ownEvents), turnId),
  }),
};

/** Returns what a client of our own events has of a turn after one stream. */
export async function readOwnEvents(response: Response, ofTurn: string): Promise<ShownAnswer> {
  let view = emptyView;
  try {
    for await (const event of readEvents(response)) {
      if (event.event === "turn" || view.turnId === ofTurn || isOfStream(event)) {
        view = foldEvent(view, event);
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const { text, tools, end } = view;
  const row = turnState({ partial: text, tools: [...tools] });
  return { parts: answerOf(row, "every call"), outcome: end ? outcomes[end.event] : "broken" };
}

const isOfStream = (event: StreamEvent) => event.event === "error" && event.data.retryable;

const outcomes: Record<EndEvent["event"], ShownAnswer["outcome"]> = {
  ...{ done: "done", stopped: "stopped", waiting: "waiting", error: "failed" },
};

import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** The event that ends a turn's stream in words. A stream without one has broken off. */
export type EndEvent = Extract<StreamEvent, { event: "done" | "stopped" | "error" | "waiting" }>;

/** Whether only the stream has failed: the turn goes on without it. */
export const isOfStream = ({ event, data }: StreamEvent): boolean =>
  event === "error" && (data.retryable || data.type === "unauthorized");

/** One turn as a client of our own events would show it. */
export interface TurnView {
  turnId: string;
  attempt: number;
  /** How often this attempt has taken its text back. */
  restarts: number;
  text: string;
  reasoning: string;
  /** In the order of their first events. */
  tools: readonly ToolCall[];
  sources: readonly Source[];
  end?: EndEvent;
}

export const emptyView: TurnView = {
  turnId: "",
  attempt: 0,
  restarts: 0,
  text: "",
  reasoning: "",
  tools: [],
  sources: [],
};

/** Returns what a client shows after one more event. An event `turn` begins a new view. */
export function foldEvent(view: TurnView, event: StreamEvent): TurnView {
  switch (event.event) {
    case "turn":
      return { ...emptyView, turnId: event.data.turn_id, attempt: event.data.attempt };
    case "snapshot": {
      const { text, tools, sources, restarts = 0 } = event.data;
      return { ...view, text, tools, sources, restarts, reasoning: "" };
    }
    case "delta":
      return { ...view, text: view.text + event.data.text };
    case "reasoning":
      return { ...view, reasoning: view.reasoning + event.data.text };
    case "tool":
      return { ...view, tools: withTool(view.tools, event.data) };
    case "source":
      return { ...view, sources: [...view.sources, event.data] };
    case "done":
    case "stopped":
      return { ...view, text: event.data.text, end: event };
    case "waiting":
      return { ...view, tools: event.data.calls.reduce(withTool, view.tools), end: event };
    case "error":
      return { ...view, end: event };
    case "title":
      return view;
  }
}

function withTool(tools: readonly ToolCall[], tool: ToolCall): readonly ToolCall[] {
  const isKnown = tools.some(({ id }) => id === tool.id);
  return isKnown ? tools.map((known) => (known.id === tool.id ? tool : known)) : [...tools, tool];
}

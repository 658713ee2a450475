import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { conversationId, turnId } from "./turn-state.ts";

export const turn = (attempt = 1, turn_id = turnId): StreamEvent => ({
  event: "turn",
  data: { conversation_id: conversationId, turn_id, attempt, parent: null, replaces: null },
});
export const delta = (text: string): StreamEvent => ({ event: "delta", data: { text } });
export const reasoning = (text: string): StreamEvent => ({ event: "reasoning", data: { text } });
export const tool = (data: ToolCall): StreamEvent => ({ event: "tool", data });
export const snapshot = (text: string, tools: ToolCall[] = []): StreamEvent => ({
  event: "snapshot",
  data: { text, tools, sources: [] },
});
export const done = (text: string, remarks: TurnState["remarks"] = []): StreamEvent => ({
  event: "done",
  data: {
    ...{ turn_id: turnId, text, model: "m", remarks, history_from: null, summarised_until: null },
    usage: {
      ...{ input_tokens: 1, output_tokens: 1, cost_usd: 0 },
      ...{ cache_read_tokens: 2, cache_write_tokens: 3 },
    },
    duration_ms: 1,
  },
});
export const stopped = (text: string): StreamEvent => ({
  event: "stopped",
  data: { turn_id: turnId, text },
});
export const waiting = (...calls: ToolCall[]): StreamEvent => ({
  event: "waiting",
  data: { turn_id: turnId, calls },
});
export const failed: StreamEvent = {
  event: "error",
  data: {
    ...{ type: "model_failed", title: "Model failed", status: 502, retryable: false },
    ...{ detail: "The model couldn't answer.", request_id: "r" },
  },
};

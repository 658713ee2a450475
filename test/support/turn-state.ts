import type { TurnState } from "#lib/contract/chat.ts";

export const conversationId = "11111111-1111-4111-8111-111111111111";
export const turnId = "22222222-2222-4222-8222-222222222222";

/** Returns a running turn without an answer, with these changes. */
export const turnState = (changes: Partial<TurnState> = {}): TurnState => ({
  turn_id: turnId,
  conversation_id: conversationId,
  status: "running",
  attempt: 1,
  message: "Hello",
  parent: null,
  replaces: null,
  partial: null,
  result: null,
  tools: [],
  sources: [],
  parkings: 0,
  error: null,
  usage: null,
  model: null,
  remarks: [],
  history_from: null,
  summarised_until: null,
  summary_usage: null,
  title_usage: null,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
  ...changes,
});

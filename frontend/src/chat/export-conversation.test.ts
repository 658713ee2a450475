import { expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import { english } from "../texts/english.ts";
import { toMarkdown } from "./export-conversation.ts";

const turn: TurnState = {
  turn_id: "22222222-2222-4222-8222-222222222222",
  conversation_id: "11111111-1111-4111-8111-111111111111",
  status: "done",
  attempt: 1,
  message: "Hello",
  replaces: null,
  partial: null,
  result: "Hi **there**.",
  tools: [],
  error: null,
  usage: null,
  model: "demo-model",
  remarks: [],
  history_from: null,
  summarised_until: null,
  summary_usage: null,
  created_at: "2026-01-01T00:00:00Z",
  finished_at: null,
};

it("writes a conversation down as it was said, and what became of each answer", () => {
  const text = toMarkdown(
    {
      id: turn.conversation_id,
      title: "Greetings",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      turns: [turn, { ...turn, message: "More", status: "stopped", result: "Half", model: null }],
      earlier_cursor: null,
    },
    english,
  );
  expect(text).toBe(
    [
      "# Greetings",
      "Begun 2026-01-01T00:00:00Z",
      "## Message",
      "Hello",
      "## Answer of demo-model",
      "Hi **there**.",
      "## Message",
      "More",
      "## Answer (stopped)",
      "Half\n",
    ].join("\n\n"),
  );
});

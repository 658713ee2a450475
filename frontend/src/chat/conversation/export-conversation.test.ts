import { afterEach, expect, it, vi } from "vitest";
import { english } from "#frontend/texts/english.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import { readWholeConversation, toMarkdown } from "./export-conversation.ts";

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

it("the Markdown export contains all messages, answers and the states of unfinished answers", () => {
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
      "Started 1 Jan 2026, 00:00 UTC",
      "## Message",
      "Hello",
      "## Answer (demo-model)",
      "Hi **there**.",
      "## Message",
      "More",
      "## Answer (stopped)",
      "Half\n",
    ].join("\n\n"),
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("an export waits for the rate limit between pages", async () => {
  vi.useFakeTimers();
  const refusal = {
    type: "rate_limited",
    title: "Too many requests",
    status: 429,
    detail: "Wait.",
    request_id: "r",
  };
  const page = (earlier_cursor: string | null) => ({
    id: turn.conversation_id,
    title: "Hello",
    created_at: turn.created_at,
    updated_at: turn.created_at,
    turns: [turn],
    earlier_cursor,
  });
  const answers = [
    Response.json(page(turn.turn_id)),
    Response.json(refusal, { status: 429, headers: { "retry-after": "42" } }),
    Response.json(page(null)),
  ];
  vi.stubGlobal("fetch", async () => answers.shift());
  const reading = readWholeConversation(turn.conversation_id, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(41_000);
  expect(answers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await reading).turns).toHaveLength(2);
});

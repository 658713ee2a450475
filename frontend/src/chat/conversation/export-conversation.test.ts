import { afterEach, expect, it, vi } from "vitest";
import { english } from "#frontend/texts/english.ts";
import { turnState } from "#test/support/turn-state.ts";
import { readWholeConversation, toMarkdown } from "./export-conversation.ts";

const turn = turnState({ status: "done", result: "Hi **there**.", model: "demo-model" });

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

import { afterEach, expect, it, vi } from "vitest";
import { english } from "#frontend/texts/english.ts";
import { turnState } from "#test/support/turn-state.ts";
import { readWholeConversation, toMarkdown } from "./export-conversation.ts";

const turn = turnState({ status: "done", result: "Hi **there**.", model: "demo-model" });

const sources = [
  { index: 1, title: "One\nline", url: "https://one.example/a", quote: "" },
  { index: 2, title: "Two", url: "javascript:alert(1)", quote: "" },
];

it("the Markdown export contains all messages, answers, sources and the states of unfinished answers", () => {
  const text = toMarkdown(
    {
      id: turn.conversation_id,
      title: "Greetings",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      pinned: false,
      archived: false,
      head: null,
      settings: {},
      open_turns: [],
      turns: [
        { ...turn, sources },
        {
          ...{ ...turn, message: "More", status: "stopped", result: "Half", model: null },
          versions: [turn.conversation_id, turn.turn_id],
        },
      ],
      earlier_cursor: null,
    },
    english,
  );
  expect(text).toBe(
    [
      "# Greetings",
      "Started 1 Jan 2026, 00:00 UTC",
      "Of messages with several versions, this file has the ones that were shown.",
      "## Message",
      "Hello",
      "## Answer (demo-model)",
      "Hi **there**.",
      "[1] One line <https://one.example/a>",
      "[2] Two",
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
    pinned: false,
    archived: false,
    head: null,
    settings: {},
    open_turns: [],
    turns: [turn],
    earlier_cursor,
  });
  const answers = [
    Response.json(page(turn.turn_id)),
    Response.json(refusal, { status: 429, headers: { "retry-after": "42" } }),
    Response.json(page(null)),
  ];
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return answers.shift();
  });
  const reading = readWholeConversation(turn.conversation_id, {
    branches: "all",
    signal: new AbortController().signal,
  });
  await vi.advanceTimersByTimeAsync(41_000);
  expect(answers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await reading).turns).toHaveLength(2);
  expect(asked.every((path) => path.includes("branches=all"))).toBe(true);
});

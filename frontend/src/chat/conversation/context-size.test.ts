import { expect, it } from "vitest";
import { estimateContext } from "./context-size.ts";
import { emptyConversation, newTurn, type ShownTurn } from "./conversation-state.ts";

/** Returns an answered turn of eight bytes, two tokens. */
const answered = (id: string, changes: Partial<ShownTurn> = {}): ShownTurn => ({
  ...newTurn(id),
  ...{ status: "done", message: "abcd", text: "efgh", historyFrom: "a" },
  ...changes,
});
const sizeOf = (turns: ShownTurn[], earlierCursor: string | null = null) =>
  estimateContext({ ...emptyConversation, turns, earlierCursor });

it("counts messages, answers and tool calls, at four bytes a token", () => {
  const tool = { id: "1", name: "t", state: "done", input: { a: 1 }, output: "漢" } as const;
  expect(sizeOf([])).toEqual({ tokens: 0, isAtLeast: false });
  expect(sizeOf([answered("a"), answered("b")]).tokens).toBe(4);
  // {"a":1} has seven bytes, the Chinese character three.
  expect(sizeOf([answered("a", { tools: [tool] })]).tokens).toBe(5);
});

it("counts the message of an open turn, but not yet its answer", () => {
  const open = answered("b", { status: "running", text: "a long text", historyFrom: null });
  expect(sizeOf([answered("a"), open]).tokens).toBe(3);
});

it("leaves out what the model no longer gets, what a summary covers, and what reached no model", () => {
  const cut = [answered("a"), answered("b", { historyFrom: "b" })];
  expect(sizeOf(cut).tokens).toBe(2);
  const summarised = [answered("a"), answered("b", { summarisedUntil: "a" })];
  expect(sizeOf(summarised).tokens).toBe(2);
  const refused = answered("b", { status: "failed", text: "", historyFrom: null });
  expect(sizeOf([answered("a"), refused]).tokens).toBe(2);
});

it("is a lower bound while the page has not loaded the oldest turn that the model gets", () => {
  expect(sizeOf([answered("b")], "b")).toEqual({ tokens: 2, isAtLeast: true });
  expect(sizeOf([answered("a"), answered("b")], "a")).toEqual({ tokens: 4, isAtLeast: false });
});

import { describe, expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { type ToolCall, unknownUsage } from "#lib/contract/chat.ts";
import { agentEventToStream } from "./turn-events.ts";
import { advance, noProgress } from "./turn-progress.ts";

const text = (words: string): AgentEvent => ({ type: "text", text: words });
const call = (id: string, state: ToolCall["state"] = "running"): AgentEvent => ({
  type: "tool",
  tool: { id, name: "calculator", state },
});
const offsetsAfter = (events: AgentEvent[]) =>
  events.reduce(advance, noProgress).tools.map((tool) => [tool.id, tool.text_offset]);

describe("a tool call", () => {
  it("has the length of the text before it as its offset", () => {
    const events = [call("a"), text("One."), call("b"), text("\n\nTwo."), call("c"), call("d")];
    expect(offsetsAfter(events)).toEqual([
      ["a", 0],
      ["b", 4],
      ["c", 10],
      ["d", 10],
    ]);
  });

  it("keeps its offset when it ends after more text", () => {
    expect(offsetsAfter([call("a"), text("One."), call("a", "done")])).toEqual([["a", 0]]);
  });

  it("counts the offset in UTF-16 units of the stored text", () => {
    expect(offsetsAfter([text("😀\u0000é"), call("a")])).toEqual([["a", 3]]);
  });

  it("never has an offset behind the end of a restarted text", () => {
    const events: AgentEvent[] = [
      text("One."),
      call("a"),
      text("\n\nTwo and more."),
      call("b"),
      { type: "restart", text: "One.\n\n" },
    ];
    expect(offsetsAfter(events)).toEqual([
      ["a", 4],
      ["b", 6],
    ]);
  });

  it("is streamed with its offset in each state", () => {
    let progress = advance(noProgress, text("One."));
    for (const state of ["running", "done"] as const) {
      const event = call("a", state);
      progress = advance(progress, event);
      expect(agentEventToStream(event, progress)).toMatchObject({
        event: "tool",
        data: { id: "a", state, text_offset: 4 },
      });
    }
  });
});

it("a call's progress ends with its next state", () => {
  const running: AgentEvent = {
    type: "tool",
    tool: { id: "a", name: "calculator", state: "running", progress: "half" },
  };
  const progress = advance(advance(noProgress, running), call("a", "done"));
  expect(progress.tools).toEqual([{ id: "a", name: "calculator", state: "done", text_offset: 0 }]);
});

it("sources stand in the order of their numbers, whichever call ends first", () => {
  const found = (index: number): AgentEvent => ({
    type: "source",
    source: { index, title: "A page", quote: "" },
  });
  const { sources } = [found(2), found(1)].reduce(advance, noProgress);
  expect(sources.map(({ index }) => index)).toEqual([1, 2]);
  expect(agentEventToStream({ type: "restart", text: "" }, { ...noProgress, sources })).toEqual({
    event: "snapshot",
    data: { text: "", tools: [], sources },
  });
});

it("a text that is taken back counts, and a repeated call that had none does not", () => {
  const again: AgentEvent = { type: "restart", text: "One." };
  const { restarts } = [text("One."), again, text(" Two."), again, text(" Due.")].reduce(
    advance,
    noProgress,
  );
  expect(restarts).toBe(1);
  expect(agentEventToStream(again, { ...noProgress, restarts })).toMatchObject({
    data: { restarts: 1 },
  });
});

it("a remark stands once", () => {
  const { remarks } = [{ type: "tools_missing" }, { type: "tools_missing" }].reduce(
    (progress, event) => advance(progress, event as AgentEvent),
    noProgress,
  );
  expect(remarks).toEqual(["tools_missing"]);
});

describe("the usage of a turn", () => {
  const tokens = {
    inputTokens: 1,
    cacheReadTokens: 20,
    cacheWriteTokens: 300,
    outputTokens: 4_000,
  };
  const modelCall = (cost: Pick<BrokenCall, "tokens" | "costUsd">): AgentEvent => ({
    ...{ type: "model_call", model: "m", isFallback: false, isCut: false },
    ...cost,
  });
  const usageAfter = (...events: AgentEvent[]) => events.reduce(advance, noProgress).usage;

  it("sums all calls, including broken calls", () => {
    const broken: AgentEvent = { type: "broken_call", tokens, costUsd: 0.25 };
    expect(usageAfter(broken)).toMatchObject({ output_tokens: 4_000, cost_usd: 0.25 });
    expect(usageAfter(broken, modelCall({ tokens, costUsd: 0.5 }))).toEqual({
      input_tokens: 2,
      cache_read_tokens: 40,
      cache_write_tokens: 600,
      output_tokens: 8_000,
      cost_usd: 0.75,
    });
  });

  it.each([0, 1, 2])("is unknown when call %i did not report its tokens", (silent) => {
    const calls = [0, 1, 2].map((index) =>
      modelCall(index === silent ? { tokens: null, costUsd: null } : { tokens, costUsd: 0.5 }),
    );
    expect(usageAfter(...calls)).toEqual(unknownUsage);
  });

  it("has a cost without the digits of a binary sum", () => {
    const [one, other] = [0.1, 0.2].map((costUsd) => modelCall({ tokens, costUsd }));
    expect(usageAfter(one as AgentEvent, other as AgentEvent)).toMatchObject({ cost_usd: 0.3 });
  });

  it("includes what paid tools cost", () => {
    const search: AgentEvent = { type: "tool_cost", costUsd: 0.25 };
    const usage = usageAfter(modelCall({ tokens, costUsd: 0.5 }), search, search);
    expect(usage).toMatchObject({ input_tokens: 1, output_tokens: 4_000, cost_usd: 1 });
    expect(usageAfter(search)).toMatchObject({ input_tokens: 0, cost_usd: 0.25 });
  });

  it("has the tokens but no cost when one price is unknown", () => {
    const usage = usageAfter(
      modelCall({ tokens, costUsd: null }),
      modelCall({ tokens, costUsd: 1 }),
    );
    expect(usage).toMatchObject({ input_tokens: 2, cost_usd: null });
  });
});

type BrokenCall = Extract<AgentEvent, { type: "broken_call" }>;

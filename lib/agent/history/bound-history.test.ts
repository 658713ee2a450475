import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { boundHistory } from "./bound-history.ts";
import { textOf } from "./message-content.ts";

const maxTokens = 24_000;
const turn = (name: string, answer = "yes") => [new HumanMessage(name), new AIMessage(answer)];
const turns = (count: number) =>
  Array.from({ length: count }, (_, index) => turn(`q${index}`)).flat();

describe("a bounded history", () => {
  it("keeps every message that fits, however many there are", () => {
    const history = turns(500);
    expect(boundHistory(history, maxTokens)).toEqual(history);
  });

  it("keeps a history of exactly the allowed size", () => {
    const history = [
      ...turn("a".repeat(40), "b".repeat(40)),
      ...turn("c".repeat(40), "d".repeat(40)),
    ];
    expect(boundHistory(history, 40)).toHaveLength(4);
    expect(boundHistory(history, 39)).toHaveLength(2);
  });

  it("drops whole turns from the front, and counts tool arguments", () => {
    const heavy = new AIMessage({
      content: "",
      tool_calls: [{ id: "1", name: "calculator", args: { expression: "1".repeat(60_000) } }],
    });
    const history = [
      ...[new HumanMessage("old"), heavy, new ToolMessage({ tool_call_id: "1", content: "1" })],
      ...turn("q", "a".repeat(40_000)),
      new HumanMessage("now"),
    ];
    expect(boundHistory(history, maxTokens).map(textOf)).toEqual(["q", "a".repeat(40_000), "now"]);
  });

  it("counts bytes, so that a Chinese character is about one token", () => {
    const history = [...turn("old", "漢".repeat(20_000)), ...turn("q", "字".repeat(20_000))];
    expect(boundHistory([...history, new HumanMessage("now")], maxTokens).map(textOf)).toEqual([
      ...["q", "字".repeat(20_000)],
      "now",
    ]);
  });

  it("keeps the last turn even if it alone is too long", () => {
    const last = turn("now", "a".repeat(200_000));
    expect(boundHistory([...turns(3), ...last], maxTokens)).toEqual(last);
  });

  it("keeps only the last turn's reasoning", () => {
    const thoughtful = () =>
      new AIMessage({
        content: [
          { type: "reasoning", reasoning: "hm" },
          { type: "text", text: "yes" },
        ],
      });
    const bounded = boundHistory(
      [...[new HumanMessage("a"), thoughtful()], ...[new HumanMessage("b"), thoughtful()]],
      maxTokens,
    );
    expect(bounded[1]!.content).toBe("yes");
    expect(bounded[3]!.content).toHaveLength(2);
  });
});

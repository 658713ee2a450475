import { AIMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { recordedTurn } from "./recorded-turn.ts";

const call: ToolCall = { id: "turn.1.0", name: "send", state: "done", input: { to: "Ada" } };
const record = (tools: ToolCall[], text = "Well") =>
  recordedTurn({ id: "turn", message: "Hi", text, tools });
const resultsOf = (tools: ToolCall[]) =>
  record(tools)
    .filter((message) => ToolMessage.isInstance(message))
    .map(({ status, content }) => [status, content]);

describe("a recorded turn", () => {
  it("is its message and its text", () => {
    expect(record([]).map(({ id, content }) => [id, content])).toEqual([
      ["turn", "Hi"],
      ["turn:a", "Well"],
    ]);
  });

  it.each(["", " \n"])("says that it was stopped if its text is %j", (text) => {
    expect(record([], text).at(-1)?.content).toBe("(stopped)");
  });

  it("holds its calls with their arguments, and one result for each", () => {
    const messages = record([call, { ...call, id: "turn.1.1", output: "sent" }]);
    const answer = messages.find((message) => AIMessage.isInstance(message));
    expect(answer?.tool_calls?.map(({ id, name, args }) => [id, name, args])).toEqual([
      ["turn_1_0", "send", { to: "Ada" }],
      ["turn_1_1", "send", { to: "Ada" }],
    ]);
    expect(messages.map(({ id }) => id)).toEqual([
      ...["turn", "turn:m1", "turn:t:turn_1_0", "turn:t:turn_1_1", "turn:a"],
    ]);
  });

  it.each<[Partial<ToolCall>, string, string]>([
    [{ state: "done", output: "sent" }, "success", "sent"],
    [{ state: "failed", output: "Error: no." }, "error", "Error: no."],
    [{ state: "done", output: "x".repeat(9_000) }, "success", expect.stringMatching(/x\n… \(cut/)],
    [{ state: "denied", output: "No!" }, "error", "No!"],
    [{ state: "denied" }, "error", expect.stringMatching(/^The person refused this call/)],
    [{ state: "unknown", output: "?" }, "error", expect.stringMatching(/^It is unknown/)],
    [{ state: "running", effect: "write" }, "error", expect.stringMatching(/^It is unknown/)],
  ])("tells the result of a call %j", (changes, status, output) => {
    expect(resultsOf([{ ...call, ...changes }])).toEqual([[status, output]]);
  });

  it("tells what the person wrote with a refusal", () => {
    const approval = {
      ...{ arguments_sha256: "", expires_at: "", state: "denied" as const },
      note: "Not on Sundays",
    };
    const [result] = resultsOf([{ ...call, state: "denied", approval }]);
    expect(result?.[1]).toContain("Not on Sundays");
  });

  it.each<Partial<ToolCall>>([
    { state: "failed" },
    { state: "waiting", effect: "write" },
    { state: "running", effect: "external_read" },
    { state: "running" },
  ])("tells that a call did nothing: %j", (changes) => {
    expect(resultsOf([{ ...call, ...changes }])).toEqual([
      ["error", "The turn ended before this call did anything."],
    ]);
  });

  it.each([undefined, null, "text", [1], { lc: 1 }])("keeps a call with the input %j", (input) => {
    const answer = record([{ ...call, input }]).find((message) => AIMessage.isInstance(message));
    expect(answer?.tool_calls?.[0]?.args).toEqual({});
  });
});

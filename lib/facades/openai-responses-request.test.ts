import { describe, expect, it } from "vitest";
import type { OpenAiResponseRequest } from "#lib/contract/openai.ts";
import { readClientTools } from "#lib/tools/client-tools.ts";
import { readResponsesRequest } from "./openai-responses-request.ts";

const turnId = "33333333-3333-4333-8333-333333333333";
const read = (request: Partial<OpenAiResponseRequest>) =>
  readResponsesRequest(
    { model: "default", input: "Hello", ...request },
    { messageLimit: 100, offeredModelIds: ["one", "two"], readClientTools },
  );
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ type: "message", role: "assistant", content });
const call = (call_id: string) => ({
  type: "function_call",
  call_id,
  name: "look",
  arguments: "{}",
});
const output = (call_id: string, output: unknown = "seen") => ({
  ...{ type: "function_call_output", call_id, output },
});

describe("a request of the Responses API", () => {
  it("has a message, its settings and its tools", () => {
    const tools = [{ type: "function", name: "look", parameters: null, strict: true }];
    const request = { model: "two", instructions: "Be kind.", reasoning: { effort: "low" }, tools };
    expect(read(request)).toEqual({
      intent: {
        ...{ kind: "message", message: "Hello", history: [] },
        settings: { model: "two", instructions: "Be kind.", effort: "low" },
        clientTools: [{ name: "look", description: "", parameters: {} }],
      },
      place: {},
    });
    expect(read({}).intent).toMatchObject({ settings: {} });
  });

  it("has the messages behind the last answer as its message, and the rest as its history", () => {
    const input = [
      { role: "developer", content: "Be kind." },
      ...[user("One"), assistant([{ type: "output_text", text: "1" }])],
      ...[user([{ type: "input_text", text: "Two" }]), user("Three")],
    ];
    const history = [{ message: "One", texts: ["1"], calls: [] }];
    expect(read({ input }).intent).toMatchObject({
      ...{ message: "Two\n\nThree", history, settings: { instructions: "Be kind." } },
    });
    expect(read({ input, conversation: "x" })).toMatchObject({
      ...{ intent: { history: [] }, place: { conversation: "x" } },
    });
  });

  it("has outputs of the newest answer's tools", () => {
    const [first, second, third] = [`${turnId}.1.0`, `${turnId}.2.0`, `${turnId}.2.1`];
    const history = [user("Look"), call(first), output(first), call(second), call(third)];
    const given = [output(second), output(third, [{ type: "input_text", text: "dark" }])];
    const intent = {
      ...{ kind: "outputs", turnId, callNumber: 2 },
      outputs: [
        { callId: second, output: "seen" },
        { callId: third, output: "dark" },
      ],
    };
    expect(read({ input: [...history, ...given] }).intent).toEqual(intent);
    expect(read({ input: given }).intent).toEqual(intent);
  });

  it("keeps calls and outputs of its history", () => {
    const hosted = { type: "mcp_call", name: "clock", arguments: "{}", output: "noon" };
    const input = [user("Look"), call("a"), output("a"), hosted, assistant("Seen."), user("And?")];
    expect(read({ input }).intent).toMatchObject({
      history: [
        {
          ...{ message: "Look", texts: ["Seen."] },
          calls: [
            { name: "look", output: "seen" },
            { name: "clock", output: "noon" },
          ],
        },
      ],
    });
  });

  it.each<[string, object, string]>([
    [
      "an output that would be lost",
      { input: [output("a"), user("Hi")] },
      "input must have outputs",
    ],
    ["an output of another service", { input: [output("call_1")] }, "of this service only"],
    ["an answer without a question", { input: [assistant("Hi")] }, "before those of the assistant"],
    ["an answer at its end", { input: [user("Hi"), assistant("Hi")] }, "must end with a message"],
    [
      "instructions behind a message",
      { input: [user("Hi"), { role: "system" }] },
      "must have its instr",
    ],
    ["a long message", { input: "x".repeat(101) }, "input must have at most 100 characters"],
    ["an unknown effort", { reasoning: { effort: "endless" } }, "reasoning.effort must be low"],
    ["a summary", { reasoning: { summary: "auto" } }, "summary is not supported"],
    ["a top_p", { top_p: 0.5 }, "top_p is supported only as 1"],
    ["a field with a strange name", { "a b": 1 }, "body is not supported"],
  ])("with %s is refused", (_case, request, sentence) => {
    expect(() => read(request)).toThrow(sentence);
  });

  it("may have fields that change nothing", () => {
    const nothing = {
      temperature: 1,
      tool_choice: "auto",
      user: "ada",
      metadata: {},
      max_output_tokens: null,
    };
    expect(read(nothing).intent).toMatchObject({ message: "Hello" });
  });
});

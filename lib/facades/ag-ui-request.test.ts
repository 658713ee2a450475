import { describe, expect, it } from "vitest";
import { AgUiRequest } from "#lib/contract/ag-ui.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { historyBefore, readAgUiRequest, readDecisions } from "./ag-ui-request.ts";

const turnId = "22222222-2222-4222-8222-222222222222";
const callId = `${turnId}.1.0`;
const sha256 = "a".repeat(64);
const user = (id: string, content: unknown = "Hello") => ({ id, role: "user", content });
const answer = (id = `${turnId}.0`) => ({ id, role: "assistant", content: "Yes" });
const result = (changes: object = {}) => ({
  ...{ id: "r1", role: "tool", toolCallId: callId, content: "42" },
  ...changes,
});
const resolved = (payload: unknown, interruptId = `${callId}:${sha256}`) => ({
  ...{ interruptId, status: "resolved", payload },
});
const request = (body: object) =>
  conform(AgUiRequest, { threadId: "t", runId: "r", messages: [], ...body }, "body");
const read = (body: object) => readAgUiRequest(request(body), 100);

describe("a run of AG-UI", () => {
  it.each<[string, object, object]>([
    [
      "a message",
      { messages: [user("u1", "New")], state: { a: 1 }, forwardedProps: {}, context: [] },
      { outputs: [], message: { id: "u1", text: "New", tools: [] } },
    ],
    [
      "a message in parts after an answer",
      {
        messages: [
          ...[user("u1"), answer(), { id: "x", role: "reasoning", content: "Hm" }],
          ...[
            user("u2", [
              { type: "text", text: "Two" },
              { type: "text", text: "lines" },
            ]),
          ],
        ],
      },
      { outputs: [], message: { id: "u2", text: "Two\nlines", after: turnId, tools: [] } },
    ],
    [
      "a message after an answer of somebody else",
      { messages: [answer("greeting"), user("u1", "Hi")] },
      { outputs: [], message: { id: "u1", text: "Hi", tools: [] } },
    ],
    [
      "a message whose id looks like that of an answer",
      { messages: [user(`${turnId}.1`, "Hi")] },
      { outputs: [], message: { id: `${turnId}.1`, text: "Hi", tools: [] } },
    ],
    ["the answer again", { messages: [user("u1"), answer()] }, { outputs: [] }],
    [
      "an answer to a message that we have sent",
      { messages: [user(`${turnId}.message`)] },
      { outputs: [] },
    ],
    ["nothing but the thread", {}, { outputs: [] }],
    [
      "a decision whose answer it shows no more",
      { messages: [user("u1", "Hi")], resume: [resolved({ approved: true })] },
      { outputs: [], message: { id: "u1", text: "Hi", tools: [] } },
    ],
    [
      "what follows the outputs of its tools",
      {
        messages: [
          ...[user("u1"), result({ toolCallId: "old" }), answer(), result()],
          result({ id: `${turnId}.1.1.result`, toolCallId: `${turnId}.1.1` }),
          result({ toolCallId: `${turnId}.1.2`, content: "", error: "No map." }),
        ],
      },
      {
        outputs: [
          { callId, output: "42", failed: false },
          { callId: `${turnId}.1.2`, output: "No map.", failed: true },
        ],
      },
    ],
  ])("may ask for %s", (_what, body, intent) => {
    expect(read(body)).toEqual(intent);
  });

  it("may declare tools of the client", () => {
    const tools = [
      { name: "open_map", description: "Opens a map.", parameters: { type: "object" } },
    ];
    expect(read({ messages: [user("u1")], tools }).message?.tools).toEqual(tools);
  });

  it.each<[string, object, string]>([
    ["no thread", { threadId: null }, "threadId"],
    ["an endless run", { runId: "x".repeat(201) }, "runId"],
    ["messages that are none", { messages: "Hello" }, "messages"],
    ["a message without an id", { messages: [{ role: "user", content: "x" }] }, "messages.0.id"],
    ["an unknown role", { messages: [{ ...user("u"), role: "robot" }] }, "messages.0.role"],
    [
      "instructions",
      { messages: [{ ...user("s"), role: "system" }, user("u")] },
      "messages.0.role",
    ],
    ["context", { messages: [user("u")], context: [{ description: "d", value: "v" }] }, "context"],
    ["no text", { messages: [user("u", "")] }, "messages.0.content"],
    ["a null text", { messages: [user("u", null)] }, "messages.0.content"],
    ["a long text", { messages: [user("u", "x".repeat(101))] }, "messages.0.content"],
    ["a picture", { messages: [user("u", [{ type: "image" }])] }, "messages.0.content"],
    ["a tool of ours", { messages: [user("u")], tools: [{ name: "calculator" }] }, "tools.0.name"],
    ["tools that are none", { messages: [user("u")], tools: [null] }, "tools.0"],
    ["a result of nobody", { messages: [answer(), result({ toolCallId: "c" })] }, "toolCallId"],
    ["a null result", { messages: [answer(), result({ content: null })] }, "messages.1.content"],
    [
      "a decision that is none",
      { resume: [{ interruptId: "i", status: "maybe" }] },
      "resume.0.status",
    ],
  ])("with %s is refused by the name of the field", (_what, body, field) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ status: 400, field }));
  });

  it("may decide about calls", () => {
    const call = { turn_id: turnId, call_id: callId, arguments_sha256: sha256 };
    const resume = [
      resolved({ approved: true }),
      resolved({ approved: false, note: "No." }),
      { interruptId: `${callId}:${sha256}`, status: "cancelled" },
    ];
    expect(readDecisions(request({ resume }))).toEqual([
      { ...call, decision: "approve", isCancelled: false },
      { ...call, decision: "deny", note: "No.", isCancelled: false },
      { ...call, decision: "deny", isCancelled: true },
    ]);
  });

  it.each<[string, object, object]>([
    [
      "edited arguments",
      resolved({ approved: true, editedArgs: {} }),
      { field: "resume.0.payload.editedArgs" },
    ],
    ["no decision", resolved({}), { field: "resume.0.payload.approved" }],
    ["a text", resolved("yes"), { field: "resume.0.payload" }],
    ["nothing", resolved(undefined), { field: "resume.0.payload" }],
    ["an endless note", resolved({ approved: false, note: "x".repeat(1_001) }), { field: "note" }],
    ["an interrupt of nobody", resolved({ approved: true }, "int-1"), { status: 404 }],
  ])("refuses a decision with %s", (_what, entry, problem) => {
    expect(() => readDecisions(request({ resume: [entry] }))).toThrow(
      expect.objectContaining(problem),
    );
  });

  it("has a history before the answer that it follows, if the history has something of it", () => {
    const other = [user("u1"), answer("33333333-3333-4333-8333-333333333333.0"), user("u2")];
    const part = [{ id: `${turnId}.reasoning.1`, role: "reasoning" }, answer(), result()];
    const question = user(`${turnId}.message`);
    const priorTo = (...messages: object[]) =>
      historyBefore(turnId, request({ messages }).messages);
    expect(priorTo(...other, ...part)).toEqual(other);
    expect(priorTo(...other, question, ...part)).toEqual([...other, question]);
    expect(priorTo(question)).toEqual([question]);
    expect(priorTo(...other)).toBeUndefined();
  });
});

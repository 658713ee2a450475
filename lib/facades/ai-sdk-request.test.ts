import { describe, expect, it } from "vitest";
import { AiSdkRequest } from "#lib/contract/ai-sdk.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { readAiSdkRequest } from "./ai-sdk-request.ts";

const turnId = "22222222-2222-4222-8222-222222222222";
const laterId = "33333333-3333-4333-8333-333333333333";
const user = (id: string, ...texts: string[]) => ({
  ...{ id, role: "user" },
  parts: texts.map((text) => ({ type: "text", text })),
});
const answer = (id: string, parts: object[] = []) => ({ id, role: "assistant", parts });
const read = (body: object) =>
  readAiSdkRequest(
    conform(AiSdkRequest, { id: "chat", trigger: "submit-message", ...body }, "body"),
    100,
  );

describe("a request of the AI SDK", () => {
  it.each<[string, object, object]>([
    [
      "a message",
      { messages: [user("u1", "Old"), answer(turnId), user("u2", "New", "lines")], more: 1 },
      { kind: "send", message: "New\nlines", messageId: "u2" },
    ],
    [
      "an edit of the first message",
      { messages: [user("u1", "Edited")], messageId: "u1" },
      { kind: "version", message: "Edited", after: null },
    ],
    [
      "an edit of a later message",
      { messages: [user("u1", "A"), answer(turnId), user("u2", "Edited")], messageId: "u2" },
      { kind: "version", message: "Edited", after: turnId },
    ],
    [
      "another answer",
      { trigger: "regenerate-message", messageId: laterId, messages: [user("u1", "A")] },
      { kind: "version", message: "A", replaces: laterId },
    ],
    [
      "another newest answer",
      { trigger: "regenerate-message", messageId: null, messages: [user("u1", "A")] },
      { kind: "version", message: "A" },
    ],
    [
      "another answer to a message that has none",
      { trigger: "regenerate-message", messageId: "u1", messages: [user("u1", "A")] },
      { kind: "version", message: "A", after: null },
    ],
  ])("may ask for %s", (_what, body, intent) => {
    expect(read(body)).toEqual(intent);
  });

  const callId = `${turnId}.1.0`;
  const responded = (changes: object = {}) => ({
    ...{ type: "dynamic-tool", state: "approval-responded", toolCallId: callId },
    approval: { id: `${callId}:${"a".repeat(64)}`, approved: false, reason: "No.", ...changes },
  });

  it("may decide about calls, also of an answer that is not the last message", () => {
    const messages = [answer(turnId, [{ type: "text" }, responded()]), user("u2", "Later")];
    expect(read({ messages, messageId: turnId })).toEqual({
      kind: "decide",
      decisions: [
        {
          ...{ turn_id: turnId, call_id: callId, arguments_sha256: "a".repeat(64) },
          ...{ decision: "deny", note: "No." },
        },
      ],
    });
  });

  it.each<[string, object, string]>([
    ["no messages", { messages: [] }, "messages"],
    ["messages that are none", { messages: "Hello" }, "messages"],
    ["a message without an id", { messages: [{ role: "user", parts: [] }] }, "messages.0.id"],
    ["a null role", { messages: [{ id: "u", role: null, parts: [] }] }, "messages.0.role"],
    ["an unknown trigger", { messages: [user("u", "A")], trigger: "resume" }, "trigger"],
    ["a null id", { id: null, messages: [user("u", "A")] }, "id"],
    ["a system message", { messages: [{ ...user("u", "A"), role: "system" }] }, "messages"],
    [
      "an answer without a decision",
      { messages: [answer(turnId)], messageId: turnId },
      "messageId",
    ],
    ["null parts", { messages: [{ id: "u", role: "user", parts: null }] }, "parts"],
    ["no text", { messages: [user("u")] }, "messages"],
    ["a long text", { messages: [user("u", "x".repeat(101))] }, "messages"],
    ["a file", { messages: [{ id: "u", role: "user", parts: [{ type: "file" }] }] }, "messages"],
    [
      "a null text",
      { messages: [{ id: "u", role: "user", parts: [{ type: "text", text: null }] }] },
      "messages",
    ],
    [
      "an answer of somebody else",
      { messages: [user("u", "A")], trigger: "regenerate-message", messageId: "msg_1" },
      "messageId",
    ],
    [
      "an approval of somebody else",
      { messages: [answer(turnId, [responded({ id: "approval_1" })])], messageId: turnId },
      "call_id",
    ],
    [
      "a reason without end",
      { messages: [answer(turnId, [responded({ reason: "x".repeat(1_001) })])], messageId: turnId },
      "note",
    ],
  ])("with %s is refused by the name of the field", (_what, body, field) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ status: 400, field }));
  });
});

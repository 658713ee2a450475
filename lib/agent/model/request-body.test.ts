import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { expect, it } from "vitest";
import { createBodyWriter } from "./request-body.ts";

const settings = { inferenceConfig: { maxTokens: 9 } };
const modelId = "us.amazon.nova-2-lite-v1:0";
const parsed = (body: Buffer) => JSON.parse(String(body));
const sent = (messages: Parameters<ReturnType<typeof createBodyWriter>>[0]) =>
  parsed(createBodyWriter(modelId, settings)(messages));

it("a body has system prompt, messages and settings", () => {
  expect(sent([new SystemMessage("be"), new HumanMessage('a "b"\n'), new AIMessage("ć")])).toEqual({
    ...settings,
    system: [{ text: "be" }],
    messages: [
      { role: "user", content: [{ text: 'a "b"\n' }] },
      { role: "assistant", content: [{ text: "ć" }] },
    ],
  });
});

it("a body leaves out blank texts, and messages without other content", () => {
  const content = [
    { type: "text", text: "a" },
    { type: "text", text: " \n" },
  ];
  const messages = [new HumanMessage(" "), new AIMessage({ content }), new AIMessage("")];
  expect(sent(messages).messages).toEqual([{ role: "assistant", content: [{ text: "a" }] }]);
  expect(sent([new HumanMessage(" ")]).messages).toEqual([]);
});

it("a body joins consecutive messages of one role", () => {
  const result = new ToolMessage({ tool_call_id: "1", content: "4" });
  const { messages } = sent([new HumanMessage("a"), result, new AIMessage("b"), result]);
  expect(messages).toEqual([
    { role: "user", content: [{ text: "a" }, { toolResult: expect.any(Object) }] },
    { role: "assistant", content: [{ text: "b" }] },
    { role: "user", content: [{ toolResult: expect.any(Object) }] },
  ]);
});

it("a message has the same text in each of its requests", () => {
  const write = createBodyWriter(modelId, settings);
  const [first, second] = [new HumanMessage("a"), new AIMessage("b")];
  write([first, second]);
  const { messages } = parsed(write([first, second, new HumanMessage("c")]));
  expect(messages).toEqual([
    { role: "user", content: [{ text: "a" }] },
    { role: "assistant", content: [{ text: "b" }] },
    { role: "user", content: [{ text: "c" }] },
  ]);
});

import { expect, test } from "vitest";
import type { ToolSpecification } from "#local/bedrock/converse-request.ts";
import { notesAndWebhooks } from "./notes-and-webhooks.ts";

const tool = (name: string, properties: object): ToolSpecification => ({
  name,
  description: "Does it.",
  inputSchema: { json: { type: "object", properties } },
});
const tools = [
  tool("save_note", { text: { type: "string" } }),
  tool("recall_notes", { words: { type: "string" } }),
  tool("send_webhook", {
    to: { type: "string", enum: ["sample", "team_chat"] },
    body: { type: "object" },
  }),
];

/** The calls that the skill makes first. */
function planned(text: string, offered = tools) {
  const work = notesAndWebhooks({
    ...{ text, messages: [text], tools: offered },
    ...{ language: "en", facts: new Map(), guideUrl: undefined, crashes: 0 },
  });
  if (work === undefined || typeof work === "string" || Array.isArray(work)) return [];
  const step = work.next();
  return step.done ? [] : step.value.calls.map(({ tool: { name }, input }) => [name, input]);
}

test.each([
  ["Keep this note: Ada likes tea.", "save_note", { text: "Ada likes tea." }],
  ["Save this note with the tool save_note: x 1", "save_note", { text: "x 1" }],
  ["Remember that I like tea", "save_note", { text: "I like tea" }],
  ["Please remember: the office closes at six", "save_note", { text: "the office closes at six" }],
  ["What are my notes?", "recall_notes", {}],
  ["Show my notes about tea.", "recall_notes", { words: "tea" }],
  ["Which notes do you have?", "recall_notes", {}],
  [
    "Send a webhook to team_chat: Hello",
    "send_webhook",
    { to: "team_chat", body: { text: "Hello" } },
  ],
  ["Send a webhook: Hello", "send_webhook", { to: "sample", body: { text: "Hello" } }],
  ["Send “Hello” to sample", "send_webhook", { to: "sample", body: { text: "Hello" } }],
  ["Sende einen Webhook: Hallo", "send_webhook", { to: "sample", body: { text: "Hallo" } }],
  ["Merke dir, dass ich Tee mag", "save_note", { text: "ich Tee mag" }],
  ["Was sind meine Notizen?", "recall_notes", {}],
  ['Post to the webhook sample: {"a":[1]}', "send_webhook", { to: "sample", body: { a: [1] } }],
])("%s", (message, name, input) => {
  expect(planned(message)).toEqual([[name, input]]);
  // Without the tool the message is one like any other.
  expect(planned(message, [])).toEqual([]);
});

test.each([
  "What is 12.5% of 480?",
  "Do you remember my name?",
  "My name is Ada",
  "Tell me a story",
  "Send me a long answer",
  "Tell me about this sample: x",
  "Send me a sample: x",
  "What does a webhook do?",
  "Take note of it",
  "Notes are nice",
])("%s asks for none of them", (message) => {
  expect(planned(message)).toEqual([]);
});

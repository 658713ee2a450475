import { ChatBedrockConverse } from "@langchain/aws";
import { expect, test } from "vitest";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import type { ContentBlock, Message, ToolSpecification } from "#local/bedrock/converse-request.ts";
import { startBedrock } from "#local/bedrock/server.ts";
import { createTestClient } from "#local/bedrock/test-client.ts";
import { validateRequest } from "#local/bedrock/validate-request.ts";
import { createDemoModel } from "./demo-model.ts";

const calculator: ToolSpecification = {
  name: "calculator",
  description: "Calculates.",
  inputSchema: {
    json: {
      type: "object",
      properties: { expression: { type: "string" } },
      required: ["expression"],
    },
  },
};
const currentTime: ToolSpecification = {
  name: "current_time",
  description: "Tells the time.",
  inputSchema: { json: { type: "object", properties: { time_zone: { type: "string" } } } },
};
const webSearch: ToolSpecification = {
  name: "web_search",
  description: "Searches the web.",
  inputSchema: {
    json: {
      type: "object",
      properties: {
        query: { type: "string" },
        max_results: { type: "integer", minimum: 3 },
        depth: { type: "string", enum: ["basic", "advanced"] },
        domains: { type: "array" },
      },
      required: ["query", "max_results", "depth"],
    },
  },
};
const tools = [calculator, currentTime, webSearch];

/** Holds a conversation with the demo model. Returns text and calls of every reply. */
function converse(said: string[], offered: ToolSpecification[] = tools) {
  const messages: Message[] = [];
  let reply = { text: "", calls: [] as { id: string; name: string; input: unknown }[] };
  for (const text of said) {
    messages.push({ role: "user", content: [{ text }] });
    reply = replyTo(messages, offered);
    messages.push({ role: "assistant", content: [{ text: reply.text }] });
  }
  return reply;
}

function replyTo(messages: Message[], offered: ToolSpecification[] = tools) {
  const request = validateRequest("demo-model", {
    messages,
    ...(offered.length > 0 && { toolConfig: { tools: offered.map((toolSpec) => ({ toolSpec })) } }),
  });
  const signal = new AbortController().signal;
  const events = createDemoModel()({ modelId: "demo-model", request, signal });
  return read(events as AnswerEvent[]);
}

function read(events: AnswerEvent[]) {
  let text = "";
  const calls: { id: string; name: string; json: string }[] = [];
  for (const event of events) {
    if (event.type === "text") text += event.text;
    if (event.type === "tool") calls.push({ id: event.id, name: event.name, json: "" });
    const call = calls.at(-1);
    if (event.type === "tool_input" && call) call.json += event.json;
  }
  return {
    text,
    calls: calls.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) as unknown })),
  };
}

function afterTool(content: ContentBlock[], tool = "calculator", question = "What is 2+2?") {
  const use = { toolUseId: "t1", name: tool, input: {} };
  return replyTo([
    { role: "user", content: [{ text: question }] },
    { role: "assistant", content: [{ toolUse: use }] },
    { role: "user", content },
  ]).text;
}

test.for([
  ["My name is Ada Lovelace and I live in London.", "What is my name?", "Ada Lovelace"],
  ["Hello, my name is DemoUser", "What is my name?", "DemoUser"],
  ["My name is TestUser. Remember this.", "What is my name?", "TestUser"],
  ["my name is ada and this is a test", "what's my name", "ada"],
  ["My name’s Zoë", "Do you remember my name?", "Zoë"],
  ["Hi! I'm Grace Hopper.", "Who am I?", "Grace Hopper"],
  ["Call me Ishmael, please", "Tell me my name.", "Ishmael"],
  ["My name is Ada and I live in New York.", "Where do I live?", "New York"],
  ["I'm from Peru.", "Where am I from?", "Peru"],
  ["I like tea and coffee.", "What do I like?", "tea and coffee"],
  ["My favourite colour is green!", "What is my favorite color?", "green"],
  ["My dog is called Rex.", "What is my dog called?", "Rex"],
  ["I work as a nurse", "Where do I work?", "as a nurse"],
  ["Please remember that the code word is swordfish.", "What is the code word?", "swordfish"],
  ["My cats are Tom and Kit", "What are my cats?", "Tom and Kit"],
] as const)("after “%s” answers “%s” with %s", ([statement, question, fact]) => {
  const { text } = converse([statement, "Why is the sky blue?", question]);
  expect(text).toContain(`**${fact}**`);
});

test("does not include the word after a name in the name", () => {
  expect(converse(["My name is Ada and I am happy", "What is my name?"]).text).toBe(
    "Your name is **Ada**.",
  );
});

test("does not confuse a question about the conversation with a question about a fact", () => {
  const said = [
    "Good morning",
    "Why is the sky blue?",
    "My name is Ada",
    "What was my first question?",
  ];
  expect(converse(said).text).toBe("Your first question was: “Why is the sky blue?”");
});

test.for(["What was my first message?", "What did I say first?"])(
  "knows the first message, asked by “%s”",
  (question) => {
    expect(converse(["Good morning", "Why?", question]).text).toContain("“Good morning”");
  },
);

test("does not learn from questions", () => {
  expect(converse(["Is my name Bob?", "What is my name?"]).text).toBe(
    "You have not told me your name in this conversation.",
  );
});

test("keeps the later of two statements", () => {
  expect(converse(["My name is Ada", "My name is Eve", "What is my name?"]).text).toContain("Eve");
});

test("answers two questions in one message", () => {
  const said = ["My name is Ada. I live in London.", "What is my name and where do I live?"];
  expect(converse(said).text).toBe("Your name is **Ada**. You live in **London**.");
});

test("lists the facts of this conversation only", () => {
  const { text } = converse([
    "I'm from Peru, and I like tea",
    "I like chess",
    "What do you know about me?",
  ]);
  expect(text).toContain("- You come from **Peru**.\n- You like **tea, chess**.");
  expect(converse(["What do you know about me?"]).text).toContain("have not told me anything");
});

test("summarises the conversation", () => {
  const { text } = converse(["My name is Ada", "What is 2+2?", "Summarise this chat."]);
  expect(text).toContain("2 messages");
  expect(text).toContain("- “My name is Ada”");
  expect(text).toContain("name: Ada");
});

test("greets by name and lists the noted facts", () => {
  expect(converse(["Hello, my name is Ada. My favourite colour is green."]).text).toBe(
    "Nice to meet you, Ada! I will remember that for this conversation (name, favourite colour).",
  );
  expect(converse(["My name is Ada", "Hello!"]).text).toMatch(/^Hello, Ada!/);
});

test("states what it is and what it cannot do", () => {
  const { text } = converse(["Why is the sky blue?"]);
  expect(text).toContain(
    "I am the built-in demo model, so I cannot really answer “Why is the sky blue?”",
  );
  expect(text).toContain("`calculator`");
  expect(converse(["Why is the sky blue?"], []).text).not.toContain("tools");
});

test.for([
  "Write a long answer",
  "Tell me a story, please",
  "Give me a detailed answer about rivers",
])("answers “%s” with several hundred words, and labels them as canned", (question) => {
  const { text } = converse([question]);
  expect(text.split(/\s+/).length).toBeGreaterThan(350);
  expect(text).toContain("canned");
});

test.for([
  ["What is 2+2?", "2+2"],
  ["what is 12.5% of 480", "12.5 / 100 * 480"],
  ["Calculate (3 + 4) * 5 please.", "(3 + 4) * 5"],
  ["How much is 1,234.5 times 3?", "1234.5 * 3"],
  ["7 x 8 =", "7 * 8"],
  ["2^10", "2^10"],
  ["What is the square root of 16?", "sqrt(16)"],
  ["Calculate 3 squared", "3^2"],
  ["(What is 2+2)", "2+2"],
  ["What is -3 - 4?", "-3 - 4"],
  ["What is 200 - 20%?", "200 - 20%"],
  ["Calculate 50% + 1", "50% + 1"],
] as const)("calculates “%s” as %s", ([question, expression]) => {
  expect(converse([question]).calls).toMatchObject([{ name: "calculator", input: { expression } }]);
});

test.for(["My phone number is 555-1234", "We met on 2026-01-13", "What is my name?", "I am 42"])(
  "does not calculate “%s”",
  (text) => {
    expect(converse([text]).calls).toEqual([]);
  },
);

test.for([
  ["What time is it?", {}],
  ["What time is it in Tokyo right now?", { time_zone: "Asia/Tokyo" }],
  ["what's the time in New York?", { time_zone: "America/New_York" }],
  ["Tell me the time in Europe/Berlin.", { time_zone: "Europe/Berlin" }],
  ["What is the date in UTC?", { time_zone: "UTC" }],
] as const)("calls the clock tool for “%s”", ([question, input]) => {
  const reply = converse([question]);
  expect(reply.calls).toMatchObject([{ name: "current_time", input }]);
  expect(reply.text).toBe("Let me check the clock.");
});

test("admits that it does not know the time zone of a city", () => {
  const reply = converse(["What time is it in Munich?"]);
  expect(reply.calls).toMatchObject([{ name: "current_time", input: {} }]);
  expect(reply.text).toContain("I do not know the time zone of Munich");
});

test("calls two tools at once", () => {
  const { calls } = converse(["What time is it in Tokyo and what is 2+2?"]);
  expect(calls).toMatchObject([
    { name: "calculator", input: { expression: "2+2" } },
    { name: "current_time", input: { time_zone: "Asia/Tokyo" } },
  ]);
});

test("fills the arguments of any other tool from its schema", () => {
  expect(converse(["Search the web for Lambda pricing."]).calls).toMatchObject([
    { name: "web_search", input: { query: "Lambda pricing", max_results: 3, depth: "basic" } },
  ]);
});

test("calls only offered tools", () => {
  const { text, calls } = converse(["What is 2+2?"], []);
  expect(calls).toEqual([]);
  expect(text).toContain("cannot really answer");
});

test("gives every call a unique id", () => {
  const ids = Array.from({ length: 50 }, () => converse(["What is 2+2?"]).calls[0]?.id);
  expect(new Set(ids).size).toBe(50);
});

test.for([
  ["calculator", "4", "The result is **4**."],
  ["calculator", "121932631112635269", "The result is **121932631112635269**."],
  ["calculator", "about 0.333333333333333", "The result is **about 0.333333333333333**."],
  ["calculator", '{"result":4}', "The result is **4**."],
  ["current_time", '{"time":"12:00","time_zone":"UTC"}', "The time is **12:00** (time_zone: UTC)."],
  ["sql_query", '[{"id":1,"name":"a|b"}]', "| id | name |\n| --- | --- |\n| 1 | a\\|b |"],
  [
    "web_search",
    '{"results":[{"title":"A","url":"https://a.example"}]}',
    "This is what I found:\n\n- [A](https://a.example)",
  ],
  ["sql_query", "[]", "The tool found nothing."],
  ["calculator", "> 4", "The result is **4**."],
  ["save_note", "> The note is saved.", "The note is saved."],
  ["send_webhook", "> Sent. ops answered:\n> ok", "Sent. ops answered:\nok"],
  [
    "recall_notes",
    '> {"saved":"2026-11-28","text":"Ada likes tea."}',
    "These are your notes:\n\n- Ada likes tea. (2026-11-28)",
  ],
  ["recall_notes", "> There are no notes.", "There are no notes."],
  [
    "send_webhook",
    "The person refused this call. Do not call it again unless the person asks. The person wrote: No.",
    "You refused the call, so I did not make it. You wrote: No.",
  ],
  [
    "send_webhook",
    "It is unknown whether this call took effect. Do not call it again unless the person asks.",
    "It is unknown whether the call took effect. I will not make it again unless you ask.",
  ],
] as const)("shows what %s answers in %s", ([tool, result, shown]) => {
  expect(afterTool([{ toolResult: { toolUseId: "t1", content: [{ text: result }] } }], tool)).toBe(
    shown,
  );
});

test.for([
  { status: "error" as const, text: "It broke." },
  { text: "The tool failed (reference 7)." },
  { text: "Error: the tool failed (reference 7)." },
])("reports a failed tool: %j", ({ status, text }) => {
  const result = { toolUseId: "t1", content: [{ text }], ...(status && { status }) };
  expect(afterTool([{ toolResult: result }])).toBe(
    `The tool calculator could not help: ${text.replace("Error: ", "")}`,
  );
});

test("answers the new question after an interrupted tool call", () => {
  const interrupted = { toolUseId: "t1", content: [{ text: "interrupted" }] };
  expect(afterTool([{ toolResult: interrupted }, { text: "My name is Ada" }])).toContain("Ada");
});

test("collects facts from messages that were merged after a failed turn", () => {
  const { text } = replyTo([
    { role: "user", content: [{ text: "My name is Ada" }, { text: "What is my name?" }] },
  ]);
  expect(text).toBe("Your name is **Ada**.");
});

test("streams its answer through AWS's client", async () => {
  const bedrock = await startBedrock({ model: createDemoModel() });
  const model = new ChatBedrockConverse({
    model: "demo-model",
    region: "us-east-1",
    client: createTestClient(bedrock.endpoint),
  });
  const pieces: string[] = [];
  for await (const chunk of await model.stream("Tell me a story")) pieces.push(chunk.text);
  await bedrock.close();

  expect(pieces.length).toBeGreaterThan(350);
  expect(pieces.join("")).toBe(converse(["Tell me a story"]).text);
});

test.each(["😀", "🇩🇪", "👩‍👩‍👧‍👦", "é"])(
  "a quote of a long text never cuts %s in two",
  (character) => {
    const { text } = converse([character.repeat(100)], []);
    const [, quoted = ""] = text.match(/“(.*)…”/u) ?? [];
    expect(quoted.length).toBeGreaterThan(50);
    expect(quoted.replaceAll(character, "")).toBe("");
  },
);

import { ChatBedrockConverse } from "@langchain/aws";
import { expect, test } from "vitest";
import { instructionsPrompt } from "#lib/agent/graph/instructions-prompt.ts";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import type { Message, ToolSpecification } from "#local/bedrock/converse-request.ts";
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
const guideUrl = "http://127.0.0.1:1/docs/connect-a-model";

/** Holds a conversation with the demo model. Returns text and calls of every reply. */
function converse(said: string[], offered: ToolSpecification[] = tools) {
  const messages: Message[] = [];
  let reply = {
    text: "",
    reasoning: "",
    calls: [] as { id: string; name: string; input: unknown }[],
  };
  for (const text of said) {
    messages.push({ role: "user", content: [{ text }] });
    reply = replyTo(messages, offered);
    messages.push({ role: "assistant", content: [{ text: reply.text }] });
  }
  return reply;
}

interface Chosen {
  modelId?: string;
  instructions?: { forAllConversations: string; forThisConversation: string };
  effort?: string;
}

function replyTo(
  messages: Message[],
  offered: ToolSpecification[] = tools,
  { modelId = "demo-model", instructions, effort }: Chosen = {},
) {
  const wishes = instructionsPrompt(instructions);
  const request = validateRequest(modelId, {
    messages,
    ...(wishes !== undefined && { system: [{ text: wishes }] }),
    ...(effort && {
      additionalModelRequestFields: {
        reasoningConfig: { type: "enabled", maxReasoningEffort: effort },
      },
    }),
    ...(offered.length > 0 && { toolConfig: { tools: offered.map((toolSpec) => ({ toolSpec })) } }),
  });
  const signal = new AbortController().signal;
  const events = createDemoModel({ guideUrl })({ modelId, request, signal });
  return read(events as AnswerEvent[]);
}

function read(events: AnswerEvent[]) {
  let text = "";
  let reasoning = "";
  const calls: { id: string; name: string; json: string }[] = [];
  for (const event of events) {
    if (event.type === "text") text += event.text;
    if (event.type === "reasoning") reasoning += event.text;
    if (event.type === "tool") calls.push({ id: event.id, name: event.name, json: "" });
    const call = calls.at(-1);
    if (event.type === "tool_input" && call) call.json += event.json;
  }
  return {
    text,
    reasoning,
    calls: calls.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) as unknown })),
  };
}

/** Returns the text of the reply after a tool has returned `result`. */
function afterTool(
  said: readonly [string],
  tool: string,
  input: object,
  result: string,
  offered: ToolSpecification[] = tools,
) {
  return replyTo(
    [
      { role: "user", content: [{ text: said[0] }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "t1", name: tool, input } }] },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "t1", content: [{ text: result }] } }],
      },
    ],
    offered,
  ).text;
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
  expect(converse(said).text).toBe("Your name is **Ada**.\n\nYou live in **London**.");
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

test("says in one line what it cannot do, and links the guide", () => {
  const { text } = converse(["Why is the sky blue?"]);
  expect(text).toBe(
    "The demo model has no rule for “Why is the sky blue?”: that needs a language model. [Connect Ollama or AWS](http://127.0.0.1:1/docs/connect-a-model)",
  );
});

test("lists the offered tools and no others", () => {
  expect(converse(["What can you do?"]).text).toContain("- `calculator`:");
  expect(converse(["What can you do?"], []).text).not.toContain("calculator");
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
  ["What is a tip of 20% on 60?", "round(20 / 100 * 60, 2)"],
  ["Was sind 12,5 % von 1.480,50?", "12.5 / 100 * 1480.50"],
  ["dreihundertfünf minus zweiundzwanzig", "305 - 22"],
  ["twenty-one times two hundred and five", "21 * 205"],
  ["log(8, 2) + max(1, 2)", "log(8, 2) + max(1, 2)"],
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

test.for([
  ["What time is it in Munich?", "Europe/Berlin"],
  ["Wie spät ist es in Neu-Delhi?", "Asia/Kolkata"],
  ["time in São Paulo", "America/Sao_Paulo"],
] as const)("knows the time zone in “%s”: %s", ([question, zone]) => {
  expect(converse([question]).calls).toMatchObject([{ input: { time_zone: zone } }]);
});

test("calls two tools at once", () => {
  const { calls } = converse(["What time is it in Tokyo and what is 2+2?"]);
  expect(calls).toMatchObject([
    { name: "current_time", input: { time_zone: "Asia/Tokyo" } },
    { name: "calculator", input: { expression: "2+2" } },
  ]);
});

test("fills the arguments of a tool that no skill knows from its schema", () => {
  const dice: ToolSpecification = {
    name: "sample_roll_dice",
    description: "Rolls dice.",
    inputSchema: {
      json: {
        type: "object",
        properties: {
          count: { type: "integer" },
          colour: { type: "string", enum: ["red", "blue"] },
          label: { type: "string" },
          note: { type: "string" },
        },
        required: ["count", "label"],
      },
    },
  };
  expect(converse(["Roll two blue dice"], [dice]).calls).toMatchObject([
    { input: { count: 2, colour: "blue", label: "Roll 2 blue dice" } },
  ]);
});

test("calls only offered tools", () => {
  const { text, calls } = converse(["What is 2+2?"], []);
  expect(calls).toEqual([]);
  expect(text).toContain("needs a language model");
});

test("gives every call a unique id", () => {
  const ids = Array.from({ length: 50 }, () => converse(["What is 2+2?"]).calls[0]?.id);
  expect(new Set(ids).size).toBe(50);
});

test.for([
  ["What is 2+2?", "calculator", { expression: "2+2" }, "4", "2+2 = **4**"],
  [
    "Was ist 7 mal 8000?",
    "calculator",
    { expression: "7 * 8000" },
    "> 56000",
    "7 × 8.000 = **56.000**",
  ],
  [
    "1/3 + 1/3",
    "calculator",
    { expression: "1/3 + 1/3" },
    "about 0.666666666666667",
    "1 ÷ 3 + 1 ÷ 3 = **about 0.666666666666667**",
  ],
  [
    "What is 1 / 0?",
    "calculator",
    { expression: "1 / 0" },
    "Error: a division by zero has no result.",
    "1 ÷ 0: The tool `calculator` could not help: a division by zero has no result.",
  ],
  [
    "How many days until Christmas?",
    "current_time",
    {},
    "> Tuesday, 24 November 2026 at 23:59:59 UTC (UTC)",
    "**31 days** until Friday, 25 December 2026, counted from today, Tuesday, 24 November 2026 (UTC).",
  ],
  [
    "Wie viele Tage sind es bis Silvester?",
    "current_time",
    {},
    "> Thursday, 31 December 2026 at 00:00:00 UTC (UTC)",
    "**0 Tage** bis Donnerstag, 31. Dezember 2026, gezählt ab heute, Donnerstag, 31. Dezember 2026 (UTC).",
  ],
  [
    "What day is it in 3 months?",
    "current_time",
    {},
    "> Monday, 30 November 2026 at 10:00:00 UTC (UTC)",
    "**Sunday, 28 February 2027**, counted from today, Monday, 30 November 2026 (UTC).",
  ],
  [
    "What time is it in Tokyo?",
    "current_time",
    { time_zone: "Asia/Tokyo" },
    "> Tuesday, 24 November 2026 at 08:05:09 GMT+9 (Asia/Tokyo)",
    "In Tokyo it is **08:05** on Tuesday, 24 November 2026 (Asia/Tokyo).",
  ],
] as const)("answers “%s” from the result of %s", ([question, name, input, result, shown]) => {
  expect(afterTool([question], name, input, result)).toBe(shown);
});

const webhook: ToolSpecification = {
  name: "send_webhook",
  description: "Sends.",
  inputSchema: { json: { type: "object", properties: { to: { enum: ["ops"] } } } },
};

test.for([
  ["> Sent. ops answered:\n> ok", "Sent. ops answered:\nok"],
  [
    "The person refused this call. Do not call it again unless the person asks. The person wrote: No.",
    "You refused the call, so I did not make it. You wrote: No.",
  ],
  [
    "It is unknown whether this call took effect. Do not call it again unless the person asks.",
    "It is unknown whether the call took effect. I will not make it again unless you ask.",
  ],
] as const)("says how a call with an effect ended: %s", ([result, shown]) => {
  // A database may have changed the order of the keys.
  const input = { to: "ops", body: { text: "Hi" } };
  expect(afterTool(["Send a webhook: Hi"], "send_webhook", input, result, [webhook])).toBe(shown);
});

test("thinks before it compares", () => {
  const { reasoning, calls } = converse([
    "Think first: which weighs more, a kilogram of feathers or a pound of iron?",
  ]);
  expect(reasoning).toContain("kilogram of feathers");
  expect(calls.map(({ input }) => input)).toEqual([
    { expression: "1 * 1000" },
    { expression: "1 * 453.59237" },
  ]);
});

test("asks the process that called it to be killed once", () => {
  const message = "Crash the server in the middle of your answer.";
  const eventsOf = (crashes: number) =>
    createDemoModel()({
      ...{ modelId: "demo-model", crashes, signal: new AbortController().signal },
      request: validateRequest("demo-model", {
        messages: [{ role: "user", content: [{ text: message }] }],
      }),
    }) as AnswerEvent[];
  expect(eventsOf(0).filter(({ type }) => type === "crash")).toHaveLength(1);
  expect(eventsOf(1).filter(({ type }) => type === "crash")).toHaveLength(0);
  expect(read(eventsOf(1)).text).toContain("That was real");
});

test("gives up on a tool that never returns what it needs", () => {
  const question = { role: "user" as const, content: [{ text: "What is 2+2?" }] };
  const calls: Message[] = Array.from({ length: 6 }, (_, index) => [
    {
      role: "assistant" as const,
      content: [{ toolUse: { toolUseId: `t${index}`, name: "calculator", input: { other: 1 } } }],
    },
    {
      role: "user" as const,
      content: [{ toolResult: { toolUseId: `t${index}`, content: [{ text: "4" }] } }],
    },
  ]).flat();
  const { text, calls: more } = replyTo([question, ...calls]);
  expect(more).toEqual([]);
  expect(text).toContain("got no further");
});

test("answers the new question after an interrupted tool call", () => {
  const interrupted = { toolUseId: "t1", content: [{ text: "interrupted" }] };
  const { text } = replyTo([
    { role: "user", content: [{ text: "What is 2+2?" }] },
    {
      role: "assistant",
      content: [{ toolUse: { toolUseId: "t1", name: "calculator", input: {} } }],
    },
    { role: "user", content: [{ toolResult: interrupted }, { text: "My name is Ada" }] },
  ]);
  expect(text).toContain("Ada");
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

const asked = (text: string, chosen: Chosen) =>
  replyTo([{ role: "user", content: [{ text }] }], tools, chosen);
const told = (forThisConversation: string, forAllConversations = ""): Chosen => ({
  instructions: { forAllConversations, forThisConversation },
});

test("answers in the language of the instructions, those of the conversation first", () => {
  expect(asked("Who are you?", told("Answer in German.")).text).toMatch(/^Ich bin das eingebaute/);
  expect(asked("Wer bist du?", told("Always reply in English")).text).toMatch(/^I am the built-in/);
  const both = told("Antworte auf Deutsch.", "Answer in English only.");
  expect(asked("Who are you?", both).text).toMatch(/^Ich bin/);
});

test("calls the tools that a message names with their arguments, also those of a program", () => {
  const door: ToolSpecification = { ...currentTime, name: "open_door" };
  const text = 'Call open-door {"door":"a } b","by":{"id":1}} and calculator {"expression":"1+1"}';
  const question: Message = { role: "user", content: [{ text }] };
  const { calls } = replyTo([question], [...tools, door]);
  expect(calls.map(({ name, input }) => ({ name, input }))).toEqual([
    { name: "open_door", input: { door: "a } b", by: { id: 1 } } },
    { name: "calculator", input: { expression: "1+1" } },
  ]);
  const use = calls.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } }));
  const results = calls.map(({ id }, index) => ({
    toolResult: { toolUseId: id, content: [{ text: index === 0 ? "> open" : "> 2" }] },
  }));
  const turn: Message[] = [
    question,
    { role: "assistant", content: use },
    { role: "user", content: results },
  ];
  expect(replyTo(turn, [...tools, door]).text).toBe("`open_door`: open\n\n`calculator`: 2");
});

test.each(['Call open_door {"door":', "Call me Ada", 'Call nothing {"a":1}'])(
  "calls nothing for %j",
  (text) => {
    expect(replyTo([{ role: "user", content: [{ text }] }]).calls).toEqual([]);
  },
);

test("is brief if the instructions or the model say so", () => {
  const whole = asked("What can you do?", {}).text;
  const brief = asked("What can you do?", told("Be brief.")).text;
  expect(brief.length).toBeLessThan(whole.length);
  expect(whole.startsWith(brief)).toBe(true);
  expect(brief).not.toBe("");
  expect(asked("What can you do?", { modelId: "demo-model-terse" }).text).toBe(brief);
});

test("says which instruction it cannot follow", () => {
  const { text } = asked("Who are you?", told("Write like a pirate. Be brief."));
  expect(text).toMatch(/cannot follow the instruction “Write like a pirate\.”/);
  expect(text).not.toContain("Be brief.”");
});

test("an instruction does not begin inside of another text", () => {
  const { text } = asked("Who are you?\n| Answer in German.", {});
  expect(text).toMatch(/^I am/);
});

test("shows what it considers, more with more effort, and answers the same", () => {
  const [none, low, high] = [undefined, "low", "high"].map((effort) =>
    asked("Who are you?", { ...(effort && { effort }) }),
  );
  expect(none?.reasoning).toBe("");
  expect(low?.reasoning).toMatch(/^I am a set of rules/);
  expect(high?.reasoning).toContain(low?.reasoning);
  expect(high?.reasoning).toContain("3 words");
  expect(new Set([none?.text, low?.text, high?.text]).size).toBe(1);
});

import * as v from "valibot";

/**
 * The public acceptance tests of Open Responses (openresponses.org/compliance, specification of 2026-04-24) in our words. Each sends a
 * request, and checks every event and the response against the specification.
 */
export interface OpenResponsesCase {
  /** The name of the public test. */
  name: string;
  request: object;
  /** The types of the items that the response must have. */
  output: readonly string[];
}

const message = (role: string, content: string, more: object = {}) => ({
  ...{ type: "message", role, content, ...more },
});
const hello = message("user", "Say hello in exactly 3 words.");
const weather = {
  input: [message("user", "What's the weather like in San Francisco?")],
  tools: [
    {
      ...{ type: "function", name: "get_weather", description: "Returns the weather of a place." },
      parameters: {
        ...{ type: "object", required: ["location"] },
        properties: { location: { type: "string" } },
      },
    },
  ],
};
const helloAgain = message("user", "What is my name?");
const named = message("user", "My name is Alice.");

export const openResponsesCases: readonly OpenResponsesCase[] = [
  { name: "Basic Text Response", request: { input: [hello] }, output: ["message"] },
  {
    ...{ name: "Streaming Response", output: ["message"] },
    request: { input: [message("user", "Count from 1 to 5.")], stream: true },
  },
  {
    ...{ name: "System Prompt", output: ["message"] },
    request: { input: [message("system", "Speak like a pirate."), hello] },
  },
  { name: "Tool Calling", request: weather, output: ["message", "function_call"] },
  {
    ...{ name: "Tool Calling (Streaming)", output: ["message", "function_call"] },
    request: { ...weather, stream: true },
  },
  {
    ...{ name: "Multi-turn Conversation", output: ["message"] },
    request: { input: [named, message("assistant", "Hello Alice!"), helloAgain] },
  },
  {
    ...{ name: "Assistant Message Phase", output: ["message"] },
    request: {
      input: [
        named,
        message("assistant", "I will remember it.", { phase: "commentary" }),
        message("assistant", "Hello Alice!", { phase: "final_answer" }),
        helloAgain,
      ],
    },
  },
];

/** The other public tests, by their names or the beginning of those, and why they do not apply. */
export const openResponsesExceptions: Readonly<Record<string, string>> = {
  "Image Input": "Files are not supported. The request is refused by the name of the field.",
  "Response Output Phase Schema":
    "Checks the suite's own schema and sends nothing. No message of ours has a phase.",
  "Compaction Endpoint": "There is no such address: the service bounds each history itself.",
  "Compaction Missing Required Model": "There is no such address.",
  WebSocket: "Seven tests. Answers are streamed over HTTP only.",
};

const seconds = v.pipe(v.number(), v.integer());
const text = v.nullable(v.string());

const OutputText = v.object({
  ...{ type: v.literal("output_text"), text: v.string() },
  annotations: v.array(v.unknown()),
  logprobs: v.optional(v.array(v.unknown())),
});

const Status = v.picklist(["in_progress", "completed", "incomplete"]);

const Item = v.variant("type", [
  v.object({
    ...{ type: v.literal("message"), id: v.string(), status: Status },
    role: v.literal("assistant"),
    content: v.array(OutputText),
  }),
  v.object({
    ...{ type: v.literal("function_call"), id: v.string(), status: Status },
    ...{ call_id: v.string(), name: v.string(), arguments: v.string() },
  }),
]);

/** The response of the specification. All of its fields are required. */
export const OpenResponse = v.object({
  ...{ id: v.string(), object: v.literal("response"), status: v.string(), model: v.string() },
  ...{ created_at: seconds, completed_at: v.nullable(seconds) },
  ...{ previous_response_id: text, instructions: text },
  output: v.array(Item),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  incomplete_details: v.nullable(v.object({ reason: v.string() })),
  tools: v.array(v.unknown()),
  tool_choice: v.picklist(["none", "auto", "required"]),
  ...{ truncation: v.picklist(["auto", "disabled"]), parallel_tool_calls: v.boolean() },
  text: v.object({ format: v.object({ type: v.literal("text") }) }),
  ...{ top_p: v.number(), temperature: v.number() },
  ...{ presence_penalty: v.number(), frequency_penalty: v.number(), top_logprobs: seconds },
  reasoning: v.nullable(v.object({ effort: v.unknown(), summary: v.unknown() })),
  usage: v.nullable(
    v.object({
      ...{ input_tokens: seconds, output_tokens: seconds, total_tokens: seconds },
      input_tokens_details: v.object({ cached_tokens: seconds }),
      output_tokens_details: v.object({ reasoning_tokens: seconds }),
    }),
  ),
  ...{ max_output_tokens: v.nullable(seconds), max_tool_calls: v.nullable(seconds) },
  ...{ store: v.boolean(), background: v.boolean(), service_tier: v.string() },
  ...{ metadata: v.object({}), safety_identifier: text, prompt_cache_key: text },
});

const ofResponse = { response: OpenResponse };
const at = { output_index: seconds, item_id: v.string() };
const inItem = { ...at, content_index: seconds };

const eventOf = <Type extends string, Fields extends v.ObjectEntries>(type: Type, fields: Fields) =>
  v.object({ type: v.literal(type), sequence_number: seconds, ...fields });

/** The events of the specification that an answer of ours may have. */
export const OpenResponseEvent = v.variant("type", [
  eventOf("response.created", ofResponse),
  eventOf("response.in_progress", ofResponse),
  eventOf("response.completed", ofResponse),
  eventOf("response.incomplete", ofResponse),
  eventOf("response.output_item.added", { output_index: seconds, item: Item }),
  eventOf("response.output_item.done", { output_index: seconds, item: Item }),
  eventOf("response.content_part.added", { ...inItem, part: OutputText }),
  eventOf("response.content_part.done", { ...inItem, part: OutputText }),
  eventOf("response.output_text.delta", { ...inItem, delta: v.string() }),
  eventOf("response.output_text.done", { ...inItem, text: v.string() }),
  eventOf("response.function_call_arguments.delta", { ...at, delta: v.string() }),
  eventOf("response.function_call_arguments.done", { ...at, arguments: v.string() }),
  eventOf("error", {
    error: v.object({ type: v.string(), code: text, message: v.string(), param: text }),
  }),
]);

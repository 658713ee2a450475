import * as v from "valibot";

/** A part of a message, or an item of a history, of which only the type is the same in all. */
const Item = v.looseObject({
  type: v.optional(v.string("must be a string")),
  role: v.optional(v.string("must be a string")),
});

const ForeignTool = v.looseObject({ type: v.string("must be a string") });

/** The body of `POST /v1/responses`: what is read of it. Anything else is refused by its name, or changes nothing. */
export const OpenAiResponseRequest = v.looseObject({
  model: v.string("must be the id of a model"),
  input: v.union([v.string(), v.array(Item)], "must be a text or a list of items"),
  instructions: v.nullish(v.string("must be a string")),
  /** The id of an answer of this service: the new message follows it. */
  previous_response_id: v.nullish(v.string("must be a string")),
  /** Any text of 1 to 200 UTF-16 units. The first message begins the conversation. */
  conversation: v.nullish(
    v.union([v.string(), v.looseObject({ id: v.string() })], "must be an id"),
  ),
  /** The tools that the program runs itself. */
  tools: v.nullish(v.array(ForeignTool, "must be a list")),
  reasoning: v.nullish(v.looseObject({ effort: v.nullish(v.string()) }, "must be an object")),
  stream: v.nullish(v.boolean("must be true or false")),
  background: v.nullish(v.boolean("must be true or false")),
});
export type OpenAiResponseRequest = v.InferOutput<typeof OpenAiResponseRequest>;

/** A response of the Responses API. */
export const OpenAiResponse = v.looseObject({
  id: v.string(),
  object: v.literal("response"),
  /** Seconds since 1970. */
  created_at: v.number(),
  status: v.picklist(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  model: v.string(),
  output: v.array(v.looseObject({ type: v.string(), id: v.string() })),
});

/** The body of `POST /v1/chat/completions`: what is read of it. */
export const OpenAiChatRequest = v.looseObject({
  model: v.string("must be the id of a model"),
  messages: v.pipe(
    v.array(v.looseObject({ role: v.string("must be a string") }), "must be a list of messages"),
    v.minLength(1, "must not be empty"),
  ),
  tools: v.nullish(v.array(ForeignTool, "must be a list")),
  reasoning_effort: v.nullish(v.string("must be a string")),
  stream: v.nullish(v.boolean("must be true or false")),
  stream_options: v.nullish(v.looseObject({ include_usage: v.nullish(v.boolean()) })),
});
export type OpenAiChatRequest = v.InferOutput<typeof OpenAiChatRequest>;

/** An answer of Chat Completions. */
export const OpenAiChatCompletion = v.looseObject({
  id: v.string(),
  object: v.literal("chat.completion"),
  created: v.number(),
  model: v.string(),
  choices: v.array(v.looseObject({ index: v.number(), finish_reason: v.string() })),
});

/** The models of `GET /v1/models`. */
export const OpenAiModels = v.object({
  object: v.literal("list"),
  data: v.array(
    v.object({
      id: v.string(),
      object: v.literal("model"),
      created: v.number(),
      owned_by: v.string(),
    }),
  ),
});

export const OpenAiResponsePath = v.object({ id: v.string() });

export const OpenAiResponseQuery = v.object({
  stream: v.optional(v.picklist(["true", "false"], "must be true or false")),
  /** The number of the last event that the client has: the stream continues behind it. */
  starting_after: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,15}$/, "must be the number of an event")),
  ),
});

import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";
import { highestMessageLimit } from "./message-limit.ts";
import { Problem } from "./problem.ts";
import { typedMessage } from "./typed-text.ts";

/** Turns of one conversation that may wait or run at the same time. */
export const maxOpenTurns = 10;

/**
 * `POST /api/v1/chat` of a deployment that takes messages of up to `messageLimit` UTF-16 units. Without `conversation_id` a new conversation begins. With `replaces` the message
 * takes the place of the conversation's newest turn, which must have ended: edit, regenerate and retry.
 */
export const chatRequestUpTo = (messageLimit: number) =>
  v.pipe(
    v.object({
      message: typedMessage(messageLimit),
      conversation_id: v.nullish(Identifier),
      replaces: v.nullish(Identifier),
    }),
    v.forward(
      v.check(
        ({ conversation_id, replaces }) => !replaces || Boolean(conversation_id),
        "requires a conversation_id",
      ),
      ["replaces"],
    ),
  );

/** The API document's form. `message_limit` of `GET /api/me` says how much of it a deployment takes. */
export const ChatRequest = chatRequestUpTo(highestMessageLimit);
export type ChatRequest = v.InferOutput<typeof ChatRequest>;

/** 1 to 255 printable ASCII characters, as in the header's IETF draft. */
export const IdempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, "must have 1 to 255 printable ASCII characters"),
);

export const TurnStatus = v.picklist(["queued", "running", "done", "failed", "stopped"]);
export type TurnStatus = v.InferOutput<typeof TurnStatus>;

export const ChatAccepted = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  /** "queued" on first acceptance; in a replay what the turn has become. */
  status: TurnStatus,
  replayed: v.boolean(),
  stream_url: v.string(),
});
export type ChatAccepted = v.InferOutput<typeof ChatAccepted>;

/** Query of `GET` and `DELETE /api/v1/chat`. */
export const ChatStreamQuery = v.object({
  conversation_id: Identifier,
  turn_id: v.optional(Identifier),
});
export const ChatStopQuery = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
});

/** One use of a tool within a turn, as the person sees it. */
export const ToolCall = v.object({
  id: v.string(),
  name: v.string(),
  state: v.picklist(["running", "done", "failed"]),
  input: v.optional(v.unknown()),
  output: v.optional(v.string()),
  duration_ms: v.optional(v.number()),
  /** UTF-16 units of the turn's text that came before the call. Turns stored before this field existed have none. */
  text_offset: v.optional(v.number()),
});
export type ToolCall = v.InferOutput<typeof ToolCall>;

/**
 * Tokens and price of all model calls of a turn, those that broke off included as far as they were reported.
 * Null is not known: the model did not report its tokens, or has no known price.
 */
export const Usage = v.object({
  /** Read anew: neither out of the model's prompt cache nor into it. */
  input_tokens: v.nullable(v.number()),
  /** Missing in what was stored before the kinds were told apart; nothing was cached then. */
  cache_read_tokens: v.optional(v.nullable(v.number()), 0),
  cache_write_tokens: v.optional(v.nullable(v.number()), 0),
  output_tokens: v.nullable(v.number()),
  cost_usd: v.nullable(v.number()),
});
export type Usage = v.InferOutput<typeof Usage>;

export const unknownUsage: Usage = {
  input_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  output_tokens: null,
  cost_usd: null,
};

/** What a person should know about an answer beside its text. */
export const TurnRemark = v.picklist([
  /** It is the longest that the model may give; the message "Continue." brings the rest. */
  "cut_at_length",
  /** The first model was busy or broken; another one answered. */
  "fallback_model",
]);
export type TurnRemark = v.InferOutput<typeof TurnRemark>;

/** A turn as it stands now: the JSON form of `GET /api/v1/chat`, and a row of the transcript. */
export const TurnState = v.object({
  turn_id: Identifier,
  conversation_id: Identifier,
  status: TurnStatus,
  attempt: v.number(),
  message: v.string(),
  /** The turn whose place this one took. */
  replaces: v.nullable(Identifier),
  /** What has been written so far, while it runs. */
  partial: v.nullable(v.string()),
  /** What the person was left with, once it has ended. */
  result: v.nullable(v.string()),
  tools: v.array(ToolCall),
  error: v.nullable(v.omit(Problem, ["request_id"])),
  usage: v.nullable(Usage),
  model: v.nullable(v.string()),
  remarks: v.array(TurnRemark),
  /** The oldest turn that the model saw when it answered this one; null when it was not asked. */
  history_from: v.nullable(Identifier),
  /** The newest turn that the model knew only from a summary of older turns; null when it was sent none. */
  summarised_until: v.nullable(Identifier),
  /** Tokens and price of the call that summarised older turns after this turn; `usage` does not count it. */
  summary_usage: v.nullable(Usage),
  created_at: Timestamp,
  finished_at: v.nullable(Timestamp),
});
export type TurnState = v.InferOutput<typeof TurnState>;

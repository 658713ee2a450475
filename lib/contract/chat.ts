import * as v from "valibot";
import { checkedAnswerEntries } from "./citation.ts";
import { ConversationSettings } from "./conversation-settings.ts";
import { Feedback } from "./feedback.ts";
import { Identifier, Timestamp } from "./identifier.ts";
import { highestMessageLimit } from "./message-limit.ts";
import { Problem } from "./problem.ts";
import { Source } from "./source.ts";
import { Table } from "./table.ts";
import { typedMessage } from "./typed-text.ts";

/** How many turns of one conversation may wait or run at the same time. */
export const maxOpenTurns = 10;

/**
 * The body of `POST /api/v1/chat` and `POST /api/v1/chat/stream`, for a deployment with this message limit in UTF-16 units. Without `conversation_id` the
 * server creates a conversation, which `settings` are for.
 *
 * `after` names the parent of the new turn: any turn of the conversation, also an open one. Without it the parent is the
 * last turn of the shown branch; null begins a branch at the start. `replaces` is a short form for "the same parent as that
 * turn": clients use it to edit, regenerate and retry.
 */
/* @__NO_SIDE_EFFECTS__ */
export const chatRequestUpTo = (messageLimit: number) =>
  v.pipe(
    v.object({
      message: typedMessage(messageLimit),
      conversation_id: v.nullish(Identifier),
      after: v.optional(v.nullable(Identifier)),
      replaces: v.nullish(Identifier),
      settings: v.nullish(ConversationSettings),
    }),
    v.forward(
      v.check(
        ({ conversation_id, replaces }) => !replaces || Boolean(conversation_id),
        "requires a conversation_id",
      ),
      ["replaces"],
    ),
    v.forward(
      v.check(
        ({ conversation_id, after }) => !after || Boolean(conversation_id),
        "requires a conversation_id",
      ),
      ["after"],
    ),
    v.forward(
      v.check(
        ({ after, replaces }) => after === undefined || !replaces,
        "must not be sent together with replaces",
      ),
      ["after"],
    ),
    v.forward(
      v.check(
        ({ conversation_id, settings }) => !settings || !conversation_id,
        "must not be sent together with a conversation_id",
      ),
      ["settings"],
    ),
  );

/** The body with the highest limit, for the API document. `message_limit` of `GET /api/me` has a deployment's own limit. */
export const ChatRequest = chatRequestUpTo(highestMessageLimit);
export type ChatRequest = v.InferOutput<typeof ChatRequest>;

/** 1 to 255 printable ASCII characters, as in draft-ietf-httpapi-idempotency-key-header. */
export const IdempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,255}$/, "must have 1 to 255 printable ASCII characters"),
);

/** `waiting`: the turn is parked until a person has decided about its tool calls. */
export const TurnStatus = v.picklist(["queued", "running", "waiting", "done", "failed", "stopped"]);
export type TurnStatus = v.InferOutput<typeof TurnStatus>;

export const ChatAccepted = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  /** "queued" at first, and the turn's current status in a replay. */
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

/** What a tool does to the world. */
const ToolEffect = v.picklist(["none", "external_read", "write"]);

/** A person's decision about one tool call. */
export const Approval = v.object({
  /** Hex SHA-256 of the call's arguments as canonical JSON (RFC 8785). A decision names this hash. */
  arguments_sha256: v.string(),
  /** `void`: the turn ended before the decision was used. */
  state: v.picklist(["open", "approved", "denied", "expired", "void"]),
  expires_at: Timestamp,
  /** What the person told the model with the decision. */
  note: v.optional(v.string()),
  /** The newest call of this conversation with the same tool and arguments, if it had an effect or may have had one. */
  before: v.optional(v.object({ state: v.picklist(["done", "failed", "unknown"]), at: Timestamp })),
  /** A page where every person with a session may decide this one call. Only while the approval is open; never stored. */
  link: v.optional(v.string()),
});

/** One tool call of a turn, as the page shows it. */
export const ToolCall = v.object({
  id: v.string(),
  name: v.string(),
  /** `unknown`: the call may or may not have had its effect. It is never run again. */
  state: v.picklist(["running", "waiting", "done", "failed", "denied", "unknown"]),
  effect: v.optional(ToolEffect),
  /** The program that sent the message runs the call: the turn waits for its output, and nobody approves it. */
  client: v.optional(v.literal(true)),
  /** Missing if nobody was asked about this call. */
  approval: v.optional(Approval),
  input: v.optional(v.unknown()),
  output: v.optional(v.string()),
  /** The result in rows and columns. The model has read only `output`. */
  table: v.optional(Table),
  /** What a long call is doing now, at most 200 UTF-16 units. Only while it runs, and never stored. */
  progress: v.optional(v.string()),
  duration_ms: v.optional(v.number()),
  /** What a paid call has cost. */
  cost_usd: v.optional(v.number()),
  /** The id of the identical call of this turn whose result this call reuses. */
  repeats: v.optional(v.string()),
  /** UTF-16 units of the turn's text before the call. Missing in turns that were stored before this field existed. */
  text_offset: v.optional(v.number()),
});
export type ToolCall = v.InferOutput<typeof ToolCall>;

/**
 * Tokens and price of all model calls of a turn, including calls that broke off after they reported tokens.
 * Null means unknown: a model did not report its tokens, or its price is unknown.
 */
export const Usage = v.object({
  /** Tokens that were neither read from the model's prompt cache nor written to it. */
  input_tokens: v.nullable(v.number()),
  /** Missing in turns from before the prompt cache. */
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

/** What the page says about an answer beside its text. */
export const TurnRemark = v.picklist([
  /** The model ran out of output tokens. The message "Continue." produces the rest. */
  "cut_at_length",
  /** The first model failed, and the fallback model wrote the answer. */
  "fallback_model",
  /** A tool server could not be reached, so the model did not know its tools. */
  "tools_missing",
]);
export type TurnRemark = v.InferOutput<typeof TurnRemark>;

/** What the person could send next, as the model proposes it with its answer: at most three lines of at most 120 UTF-16 units. */
export const Suggestions = v.array(v.string());

/** The current state of a turn: the JSON of `GET /api/v1/chat`, and an item of the transcript. */
export const TurnState = v.object({
  turn_id: Identifier,
  conversation_id: Identifier,
  status: TurnStatus,
  attempt: v.number(),
  message: v.string(),
  /** The turn that this turn follows. Null: it begins the conversation, or a branch of its start. */
  parent: v.nullable(Identifier),
  /** The ids of all turns with this parent, oldest first, with this turn: at most the newest 100. Only in transcripts. */
  versions: v.optional(v.array(Identifier)),
  /** The texts of the message before it was changed in place, oldest first, at most 20. Only in transcripts. */
  earlier_messages: v.optional(v.array(v.string())),
  /** The turn that this turn replaces. */
  replaces: v.nullable(Identifier),
  /** The text so far, while the turn runs. */
  partial: v.nullable(v.string()),
  /** How often this attempt has taken its text back, to write another. Missing: never. */
  restarts: v.optional(v.number()),
  /** The final text, once the turn has ended. */
  result: v.nullable(v.string()),
  tools: v.array(ToolCall),
  /** What the answer may cite, in the order of their numbers. */
  sources: v.optional(v.array(Source), []),
  ...checkedAnswerEntries,
  /** Missing if the model proposed nothing. */
  suggestions: v.optional(Suggestions),
  /** Missing if the person has said nothing about the answer. */
  feedback: v.optional(Feedback),
  /** How often the turn has been parked. */
  parkings: v.optional(v.number(), 0),
  error: v.nullable(v.omit(Problem, ["request_id", "conversation_id", "turn_id"])),
  usage: v.nullable(Usage),
  model: v.nullable(v.string()),
  remarks: v.array(TurnRemark),
  /** The oldest turn in the history that the model was sent. Null if no model was called. */
  history_from: v.nullable(Identifier),
  /** The newest turn that the model knew only from a summary. Null without a summary. */
  summarised_until: v.nullable(Identifier),
  /** Tokens and price of the summary that was written after this turn. `usage` does not include them. */
  summary_usage: v.nullable(Usage),
  /** Tokens and price of the title that the model wrote after this turn. `usage` does not include them. */
  title_usage: v.optional(v.nullable(Usage), null),
  created_at: Timestamp,
  finished_at: v.nullable(Timestamp),
});
export type TurnState = v.InferOutput<typeof TurnState>;

import * as v from "valibot";
import { ToolCall, TurnStatus } from "./chat.ts";
import { Identifier, Timestamp } from "./identifier.ts";
import { Source } from "./source.ts";

/** The body of `POST /api/v1/shares`. */
export const ShareCreate = v.object({
  conversation_id: Identifier,
  /** The last turn that the link shows. Default: the last turn of the shown branch. */
  turn_id: v.optional(Identifier),
  expires_in_days: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(365, "must be at most 365"),
    ),
    30,
  ),
  /** Whether the link shows what went into tools and what came out. */
  with_tools: v.optional(v.boolean("must be true or false"), false),
});

/** A link that shows a branch of a conversation as it was, to whoever has it. */
export const Share = v.object({
  id: Identifier,
  conversation_id: Identifier,
  /** Only a path if the deployment has no public origin. */
  url: v.string(),
  title: v.string(),
  with_tools: v.boolean(),
  created_at: Timestamp,
  expires_at: Timestamp,
});
export type Share = v.InferOutput<typeof Share>;

/** The query of `GET /api/v1/shares`. */
export const ShareListQuery = v.object({ conversation_id: v.optional(Identifier) });

/** The response of `GET /api/v1/shares`: newest first, without those that have expired. */
export const ShareList = v.object({ shares: v.array(Share) });

/** The path of `DELETE /api/v1/shares/{id}`. */
export const SharePath = v.object({ id: Identifier });

/** The path of what a link shows: its 32 random bytes. */
export const SharedPath = v.object({
  token: v.pipe(v.string(), v.regex(/^[\w-]{43}$/, "must be the token of a link")),
});

/** The query of `GET /api/v1/shared/{token}`. */
export const SharedQuery = v.object({
  /** The `earlier_cursor` of the page with the later turns. */
  before: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,6}$/, "must be the earlier_cursor of another page"),
      v.transform(Number),
    ),
    "0",
  ),
});

/** A turn as a link shows it: without ids, model and cost. */
const SharedTurn = v.object({
  message: v.string(),
  status: TurnStatus,
  text: v.string(),
  /** Empty unless the owner shares the calls. */
  tools: v.array(v.pick(ToolCall, ["name", "state", "input", "output"])),
  /** What the answer cites. A document has neither id nor address. */
  sources: v.array(v.pick(Source, ["index", "title", "url", "quote"])),
  created_at: Timestamp,
});
export type SharedTurn = v.InferOutput<typeof SharedTurn>;

/** The response of `GET /api/v1/shared/{token}`, with the oldest turn of the page first. */
export const SharedConversation = v.object({
  title: v.string(),
  created_at: Timestamp,
  expires_at: Timestamp,
  turns: v.array(SharedTurn),
  /** The cursor of the turns before this page. Null if there are none. */
  earlier_cursor: v.nullable(v.string()),
});
export type SharedConversation = v.InferOutput<typeof SharedConversation>;

/** The response of `POST /api/v1/shared/{token}/copy`. */
export const CopiedConversation = v.object({ conversation_id: Identifier });

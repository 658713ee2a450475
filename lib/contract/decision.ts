import * as v from "valibot";
import { Identifier } from "./identifier.ts";
import { typedMessage } from "./typed-text.ts";

/** The body of `POST /api/v1/chat/decision`: a person's decision about one tool call of a waiting turn. */
export const ChatDecision = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  /** The turn's id, the ordinal of the model call, and the index of the call in its answer. */
  call_id: v.pipe(
    v.string("must be the id of a tool call"),
    v.regex(/^[0-9a-f-]{36}\.\d{1,3}\.\d{1,3}$/, "must be the id of a tool call"),
  ),
  /** The hash of the arguments that the person has seen: `approval.arguments_sha256` of the call. */
  arguments_sha256: v.pipe(
    v.string("must be a SHA-256 in lower-case hex"),
    v.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hex"),
  ),
  decision: v.picklist(["approve", "deny"], 'must be "approve" or "deny"'),
  /** For the model. It reads this note with the decision. */
  note: v.optional(typedMessage(1_000)),
  /** The token of an approval link. With it every session may decide this one call. */
  link: v.optional(v.string()),
});
export type ChatDecision = v.InferOutput<typeof ChatDecision>;

import * as v from "valibot";
import { CallId } from "./call-id.ts";
import { ToolCall, TurnState } from "./chat.ts";
import { Identifier } from "./identifier.ts";
import { typedMessage } from "./typed-text.ts";

const LinkToken = v.pipe(
  v.string("must be the token of a link"),
  v.maxLength(1_024, "is too long"),
);

/** The body of `POST /api/v1/chat/decision`: a person's decision about one tool call of a waiting turn. */
export const ChatDecision = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  call_id: CallId,
  /** The hash of the arguments that the person has seen: `approval.arguments_sha256` of the call. */
  arguments_sha256: v.pipe(
    v.string("must be a SHA-256 in lower-case hex"),
    v.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hex"),
  ),
  decision: v.picklist(["approve", "deny"], 'must be "approve" or "deny"'),
  /** The model reads the note of a refusal. That of an approval is only shown with the call. */
  note: v.optional(typedMessage(1_000)),
  /** The token of an approval link: with it every session may decide this one call. */
  link: v.optional(LinkToken),
});
export type ChatDecision = v.InferOutput<typeof ChatDecision>;

/** The response to the owner: the turn after the decision, and where its continuation is streamed. */
export const DecidedTurn = v.object({ ...TurnState.entries, stream_url: v.string() });
export type DecidedTurn = v.InferOutput<typeof DecidedTurn>;

/** Query of `GET /api/v1/chat/decision`. */
export const ChatDecisionQuery = v.object({ link: LinkToken });

/** The one call that an approval link shows, also in the response to a decision with a link. */
export const LinkedToolCall = v.object({
  conversation_id: Identifier,
  turn_id: Identifier,
  call: ToolCall,
});
export type LinkedToolCall = v.InferOutput<typeof LinkedToolCall>;

import { createHash } from "node:crypto";
import type { ChatAccepted, ChatRequest } from "#lib/contract/chat.ts";
import type { Acceptance, NewTurn } from "#lib/conversations/accept-turn.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ThreadClaim, ThreadClaims } from "./claim-with-thread.ts";
import { streamUrlOf } from "./stream-url.ts";

interface NewMessage
  extends Pick<NewTurn, "owner" | "idempotencyKey" | "createsMissing" | "keyId" | "clientTools"> {
  body: ChatRequest;
}

interface AcceptMessageDependencies {
  turns: Pick<TurnStore, "accept">;
  telemetry: Telemetry;
}

/**
 * Stores a message as a queued turn and returns the address of the answer's stream. Runs nothing.
 * @throws HttpProblem 404; 409 queue_full, too_many_open_turns, too_many_conversations; 413 storage_full;
 *   422 for an idempotency key that was used with another body
 */
export async function acceptMessage(
  { turns, telemetry }: AcceptMessageDependencies,
  message: NewMessage,
): Promise<ChatAccepted> {
  return chatAccepted(await turns.accept(newTurnOf(message)), telemetry);
}

interface AcceptAndClaimDependencies extends ThreadClaims {
  telemetry: Telemetry;
}

/**
 * Does the same and claims the turn, in one database request. The claim of a replay is a second request.
 * @throws HttpProblem as `acceptMessage` does
 */
export async function acceptAndClaimMessage(
  { acceptAndClaim, claim, telemetry }: AcceptAndClaimDependencies,
  message: NewMessage,
): Promise<{ accepted: ChatAccepted; claim: ThreadClaim }> {
  const first = await acceptAndClaim(newTurnOf(message));
  const accepted = chatAccepted(first.acceptance, telemetry);
  const target = {
    owner: message.owner,
    conversationId: accepted.conversation_id,
    turnId: accepted.turn_id,
  };
  return { accepted, claim: first.claim ?? (await claim(target)) };
}

const newTurnOf = ({ body, ...message }: NewMessage): NewTurn => ({
  ...message,
  conversationId: body.conversation_id ?? undefined,
  message: body.message,
  after: body.after,
  replaces: body.replaces ?? undefined,
  settings: body.settings ?? undefined,
  bodyHash: hashOf(body, message.clientTools),
});

function chatAccepted(acceptance: Acceptance, telemetry: Telemetry): ChatAccepted {
  if (!("turnId" in acceptance)) throw problemOf(acceptance.outcome);
  const { conversationId, turnId, status } = acceptance;
  const replayed = acceptance.outcome === "replayed";
  const ids = { conversation_id: conversationId, turn_id: turnId };
  telemetry.info(replayed ? "turn.replayed" : "turn.accepted", ids);
  if (!replayed) telemetry.measure("TurnsAccepted", 1);
  return {
    ...ids,
    status,
    replayed,
    stream_url: streamUrlOf(ids),
  };
}

/** Identifies a request by its parsed body, not by its bytes, so that white space in the JSON does not matter. */
function hashOf(
  { message, conversation_id, replaces, after, settings }: ChatRequest,
  clientTools: NewTurn["clientTools"],
): string {
  const fields = JSON.stringify([
    message,
    conversation_id ?? null,
    // Left out when absent, so that hashes from before these fields existed stay valid.
    ...(replaces ? [replaces] : []),
    ...(after === undefined ? [] : [{ after }]),
    ...(settings ? [{ settings }] : []),
    ...(clientTools?.length ? [{ clientTools }] : []),
  ]);
  return createHash("sha256").update(fields).digest("hex");
}

type Refusal = Exclude<Acceptance["outcome"], "accepted" | "replayed">;

function problemOf(refusal: Refusal): HttpProblem {
  switch (refusal) {
    case "unknown":
      return new HttpProblem("not_found", 404, "Conversation or turn not found, or not yours.");
    case "queue_full":
      return new HttpProblem(
        "queue_full",
        409,
        "The queue of this conversation is full. Wait for an answer, then send again.",
        { retryAfterSeconds: 5 },
      );
    case "too_many_open_turns":
      return new HttpProblem(
        "too_many_open_turns",
        409,
        "Too many of your messages are unanswered. Stream, stop or delete some, then send again.",
      );
    case "too_many_conversations":
      return new HttpProblem(
        "too_many_conversations",
        409,
        "You have the maximum number of conversations. Delete some, then send again.",
      );
    case "storage_full":
      return new HttpProblem(
        "storage_full",
        413,
        "Your storage is full. Delete some conversations, then send again.",
      );
    case "key_reused":
      return new HttpProblem(
        "idempotency_key_reused",
        422,
        "This Idempotency-Key was used with another body. Use a new key.",
      );
  }
}

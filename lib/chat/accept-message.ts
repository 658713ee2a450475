import { createHash } from "node:crypto";
import { type ChatAccepted, type ChatRequest, IdempotencyKey } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";

/**
 * Makes a message durable and says where its answer will be streamed. Runs nothing.
 * @throws HttpProblem 404; 409 queue_full, not_replaceable, too_many_open_turns, too_many_conversations; 413 storage_full;
 *   422 for a key that was used with another body
 */
export async function acceptMessage(
  { turns, telemetry }: { turns: Pick<TurnStore, "accept">; telemetry: Telemetry },
  request: HttpRequest & { body: ChatRequest; session: { owner: string } },
): Promise<ChatAccepted> {
  const { body, session } = request;
  const accepted = await turns.accept({
    owner: session.owner,
    conversationId: body.conversation_id ?? undefined,
    message: body.message,
    replaces: body.replaces ?? undefined,
    idempotencyKey: idempotencyKeyOf(request),
    bodyHash: hashOf(body),
  });
  switch (accepted.outcome) {
    case "unknown":
      throw new HttpProblem("not_found", 404, "There is no such conversation or turn.");
    case "not_replaceable":
      throw new HttpProblem(
        "not_replaceable",
        409,
        "Only the last message of a conversation can be replaced, once its answer has ended.",
      );
    case "queue_full":
      throw new HttpProblem(
        "queue_full",
        409,
        "Too many messages of this conversation are waiting. Please wait for an answer.",
        { retryAfterSeconds: 5 },
      );
    case "too_many_open_turns":
      throw new HttpProblem(
        "too_many_open_turns",
        409,
        "Too many of your messages are waiting for answers. Stream, stop or delete some of them first.",
      );
    case "too_many_conversations":
      throw new HttpProblem(
        "too_many_conversations",
        409,
        "You have as many conversations as this service keeps for one person. Delete some first.",
      );
    case "storage_full":
      throw new HttpProblem(
        "storage_full",
        413,
        "Your conversations take all the space that this service has for one person. Delete some first.",
      );
    case "key_reused":
      throw new HttpProblem(
        "idempotency_key_reused",
        422,
        "This Idempotency-Key was used with another body. Use a new one.",
      );
    case "accepted":
    case "replayed": {
      const { conversationId, turnId, status } = accepted;
      const replayed = accepted.outcome === "replayed";
      telemetry.info(replayed ? "turn.replayed" : "turn.accepted", {
        conversation_id: conversationId,
        turn_id: turnId,
      });
      if (!replayed) telemetry.measure("TurnsAccepted", 1);
      return {
        conversation_id: conversationId,
        turn_id: turnId,
        status,
        replayed,
        stream_url: `/api/v1/chat?conversation_id=${conversationId}&turn_id=${turnId}`,
      };
    }
  }
}

function idempotencyKeyOf({ headers }: HttpRequest): string | undefined {
  const key = headers["idempotency-key"];
  return key === undefined ? undefined : conform(IdempotencyKey, key, "Idempotency-Key");
}

/** Of what was understood, not of the bytes: white space in the JSON does not make another request. */
function hashOf({ message, conversation_id, replaces }: ChatRequest): string {
  const understood = JSON.stringify([
    message,
    conversation_id ?? null,
    ...(replaces ? [replaces] : []), // keys that are older than this field keep their hash
  ]);
  return createHash("sha256").update(understood).digest("hex");
}

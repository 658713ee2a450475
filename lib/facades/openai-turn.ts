import { createHash, randomUUID } from "node:crypto";
import { acceptAndClaimMessage, acceptMessage } from "#lib/chat/accept-message.ts";
import type { ThreadClaim, ThreadClaims } from "#lib/chat/claim-with-thread.ts";
import type { DecideCallsDependencies } from "#lib/chat/decide-calls.ts";
import { refuseWithoutBudget, unknownTurn } from "#lib/chat/open-stream.ts";
import type { ChatRequest, TurnState } from "#lib/contract/chat.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { FindHistory } from "#lib/conversations/find-history.ts";
import type { FindOwnTurn } from "#lib/conversations/find-own-turn.ts";
import type { FindRepeatedKey } from "#lib/conversations/find-repeated-key.ts";
import type { ImportConversation } from "#lib/conversations/import-conversation.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { readIdempotencyKey } from "#lib/platform/http/idempotency-key.ts";
import { inForeignConversation } from "./foreign-id.ts";
import {
  type GivenOutputs,
  type NewMessage,
  type OpenAiIntent,
  refusal,
} from "./openai-request.ts";
import type { ResponseSegment } from "./openai-responses-items.ts";

export interface OpenAiTurnDependencies extends ThreadClaims, DecideCallsDependencies {
  turns: Pick<TurnStore, "accept" | "watch">;
  findOwnTurn: FindOwnTurn;
  findSettings: (
    owner: string,
    conversationId: string,
  ) => Promise<ConversationSettings | undefined>;
  findRepeatedKey: FindRepeatedKey;
  findHistory: FindHistory;
  importConversation: ImportConversation;
  offeredModelIds: readonly string[];
}

export interface OpenAiCaller {
  owner: string;
  keyId?: string | undefined;
}

/** Where a message goes. Without both it begins a conversation. */
export interface MessagePlace {
  previous?: ResponseSegment | undefined;
  /** The conversation as the client names it. */
  conversation?: string | undefined;
  /** The client keeps the history, and sends it with its next message. */
  isKept?: boolean;
}

interface Asked {
  caller: OpenAiCaller;
  intent: OpenAiIntent;
  place: MessagePlace;
  idempotencyKey: string;
  /** The turn runs without a reader. */
  isBackground: boolean;
}

/** A turn of which the client gets one answer. */
export interface OpenedTurn {
  target: { owner: string; conversationId: string; turnId: string };
  segment: ResponseSegment;
  /** Undefined: the turn runs without a reader. */
  claim?: ThreadClaim | undefined;
  /** The turn before the program's outputs were given. */
  before?: TurnState | undefined;
}

/** Takes what a request asks for. @throws HttpProblem 400, 402, 404, 409, 413, 422, 503 */
export function openTurn(dependencies: OpenAiTurnDependencies, asked: Asked): Promise<OpenedTurn> {
  const { intent } = asked;
  return intent.kind === "outputs"
    ? giveOutputs(dependencies, asked, intent)
    : sendMessage(dependencies, asked, intent);
}

async function giveOutputs(
  dependencies: OpenAiTurnDependencies,
  { caller: { owner }, isBackground }: Asked,
  { turnId, callNumber, outputs }: GivenOutputs,
): Promise<OpenedTurn> {
  const found = await dependencies.findOwnTurn(owner, turnId);
  if (!found) throw unknownTurn();
  const target = { owner, conversationId: found.turn.conversation_id, turnId };
  // Few requests have outputs or a history, or run in the background, so their code loads with the first.
  const { decideCalls } = await import("#lib/chat/decide-calls.ts");
  const { sendForMessagesBehind } = await import("#lib/chat/start-turn-run.ts");
  // This invocation goes on with the turn, unless nobody waits for it.
  const sendTurnRun = isBackground
    ? dependencies.sendTurnRun
    : sendForMessagesBehind(dependencies, turnId);
  const { missing } = await decideCalls({ ...dependencies, sendTurnRun }, { ...target, outputs });
  if (missing.length > 0) {
    throw new HttpProblem(
      "bad_request",
      400,
      "The outputs are stored. Send those of all other calls of this answer, too.",
    );
  }
  return {
    target,
    segment: { turnId, afterCall: callNumber },
    claim: isBackground ? undefined : await dependencies.claim(target),
    before: found.turn,
  };
}

async function sendMessage(
  dependencies: OpenAiTurnDependencies,
  asked: Asked,
  intent: NewMessage,
): Promise<OpenedTurn> {
  const { caller, place } = asked;
  const { owner } = caller;
  const { message, settings } = intent;
  if (place.previous) {
    const { turnId } = place.previous;
    const found = await dependencies.findOwnTurn(owner, turnId);
    if (!found) throw unknownTurn();
    requireSame(settings, found.settings, dependencies.offeredModelIds);
    const body = { message, conversation_id: found.turn.conversation_id, after: turnId };
    return accept(dependencies, asked, intent, body);
  }
  if (place.conversation === undefined) {
    const { history } = intent;
    if (history.length === 0 && !place.isKept) {
      return accept(dependencies, asked, intent, { message, settings });
    }
    const { placeOfFirst, placeOfHistory } = await import("./openai-history.ts");
    const kept = { owner, history, settings };
    const { conversationId, after } =
      history.length > 0
        ? await placeOfHistory(dependencies, kept, place.isKept ? "messages" : "input")
        : placeOfFirst(kept, message, choiceOf(asked.idempotencyKey));
    const body = { message, conversation_id: conversationId, after };
    return accept(dependencies, asked, intent, after === null ? { ...body, settings } : body);
  }
  const foreign = {
    owner,
    protocol: "openai",
    id: place.conversation,
    field: "conversation",
  } as const;
  return inForeignConversation(foreign, async (conversation_id) => {
    const known = await dependencies.findSettings(owner, conversation_id);
    if (known) requireSame(settings, known, dependencies.offeredModelIds);
    const body = { message, conversation_id, ...(!known && { settings }) };
    return accept(dependencies, asked, intent, body);
  });
}

async function accept(
  dependencies: OpenAiTurnDependencies,
  { caller, idempotencyKey, isBackground }: Asked,
  { clientTools }: NewMessage,
  body: ChatRequest,
): Promise<OpenedTurn> {
  const message = { ...caller, body, clientTools, idempotencyKey, createsMissing: true };
  const openedOf = (ids: { conversation_id: string; turn_id: string }): OpenedTurn => ({
    target: { owner: caller.owner, conversationId: ids.conversation_id, turnId: ids.turn_id },
    segment: { turnId: ids.turn_id },
  });
  if (isBackground) {
    const accepted = await acceptMessage(dependencies, message);
    const { startTurnRun } = await import("#lib/chat/start-turn-run.ts");
    await startTurnRun(dependencies, caller.owner, accepted);
    return openedOf(accepted);
  }
  const { accepted, claim } = await acceptAndClaimMessage(dependencies, message);
  if (claim.outcome === "idle") refuseWithoutBudget(claim.turn);
  return { ...openedOf(accepted), claim };
}

/** A repeated request must go to the same place. */
const choiceOf = (idempotencyKey: string): number =>
  createHash("sha256").update(idempotencyKey).digest().readUInt8(0);

/** A conversation's settings are those of its first request. Clients repeat them with each request. */
function requireSame(
  given: ConversationSettings,
  known: ConversationSettings,
  [usualModel]: readonly string[],
): void {
  const withDefaults = { ...known, model: known.model ?? usualModel };
  for (const field of ["model", "instructions", "effort"] as const) {
    if (given[field] === undefined || given[field] === withDefaults[field]) continue;
    throw refusal(field, "must be as in the first request of the conversation, or missing");
  }
}

/**
 * Returns the idempotency key of a request. The client of OpenAI repeats a request without a key of its own: a repeated request with the
 * same body gets the key of the request that it repeats.
 */
export async function idempotencyKeyOf(
  { findRepeatedKey }: Pick<OpenAiTurnDependencies, "findRepeatedKey">,
  owner: string,
  request: HttpRequest,
): Promise<string> {
  const own = readIdempotencyKey(request);
  if (own !== undefined) return own;
  const hash = createHash("sha256").update(JSON.stringify([request.path, request.body]));
  const prefix = `openai:${hash.digest("hex")}:`;
  const isRepeated = Number(request.headers["x-stainless-retry-count"] ?? 0) > 0;
  const key = isRepeated ? await findRepeatedKey(owner, prefix) : undefined;
  return key ?? `${prefix}${randomUUID()}`;
}

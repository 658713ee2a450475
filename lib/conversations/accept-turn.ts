import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { maxOpenTurns, TurnStatus } from "#lib/contract/chat.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationTitle } from "./conversation-title.ts";
import { callFunction } from "./function-call.ts";

export interface NewTurn {
  owner: string;
  /** Without an id the turn begins a new conversation. */
  conversationId?: string | undefined;
  /** A conversation that nobody has is begun under `conversationId`. */
  createsMissing?: boolean | undefined;
  message: string;
  /** The turn that the new turn follows; null begins a branch at the start. Undefined: the last turn of the shown branch. */
  after?: string | null | undefined;
  /** The new turn follows the same turn as this one. */
  replaces?: string | undefined;
  /** Of the conversation that the turn begins. */
  settings?: ConversationSettings | undefined;
  idempotencyKey?: string | undefined;
  /** The API key that the caller has used. */
  keyId?: string | undefined;
  /** Tools that the caller runs itself, for this turn. */
  clientTools?: readonly ClientTool[] | undefined;
  /** Tells a repeated request from a different request with the same key. */
  bodyHash: string;
}

/** What one owner may have at the same time, over all conversations. */
export interface OwnerBounds {
  /** Turns that are queued or running. */
  openTurns: number;
  conversations: number;
  /** Bytes in the database, as the SQL function `turn_bytes` counts them. */
  storedBytes: number;
}

export type Acceptance =
  | {
      outcome: "accepted" | "replayed";
      conversationId: string;
      turnId: string;
      status: TurnStatus;
    }
  | { outcome: "unknown" | "key_reused" | Refusal };

const Refusal = v.picklist([
  "queue_full",
  "too_many_open_turns",
  "too_many_conversations",
  "storage_full",
]);
type Refusal = v.InferOutput<typeof Refusal>;

const AcceptanceRow = v.variant("outcome", [
  v.object({
    outcome: v.picklist(["accepted", "replayed"]),
    conversation_id: v.string(),
    turn_id: v.string(),
    status: TurnStatus,
  }),
  v.object({ outcome: v.picklist(["unknown", "key_reused", ...Refusal.options]) }),
]);

/** Makes a message durable in one database request. Requests with the same idempotency key get the same turn. */
export async function acceptTurn(
  database: Database,
  input: NewTurn,
  bounds: OwnerBounds,
): Promise<Acceptance> {
  const { text, params } = callAcceptTurn(input, bounds).call;
  const [row] = await database.query({ text: `select ${text} as acceptance`, params });
  return readAcceptance(row?.acceptance);
}

/**
 * Returns the call of the SQL function `accept_turn`, and the ids that the turn and its conversation get, unless the accept
 * is refused or replayed.
 */
export function callAcceptTurn(
  input: NewTurn,
  bounds: OwnerBounds,
): { call: Statement; turnId: string; conversationId: string } {
  const turnId = randomUUID();
  const conversationId = input.conversationId ?? randomUUID();
  const call = callFunction("accept_turn", {
    owner: input.owner,
    conversation: conversationId,
    begins_conversation: input.conversationId === undefined,
    turn: turnId,
    message: input.message,
    title: conversationTitle(input.message),
    has_after: input.after !== undefined,
    after_turn: input.after,
    replaces: input.replaces,
    settings: JSON.stringify(storedSettings(input.settings)),
    idempotency_key: input.idempotencyKey,
    body_hash: input.bodyHash,
    max_open_turns: maxOpenTurns,
    max_open_turns_of_owner: bounds.openTurns,
    max_conversations: bounds.conversations,
    max_stored_bytes: bounds.storedBytes,
    creates_missing: input.createsMissing ?? false,
    key: input.keyId,
    client_tools: input.clientTools?.length ? JSON.stringify(input.clientTools) : undefined,
  });
  return { call, turnId, conversationId };
}

/** A setting that is null has its default, and is not stored. */
const storedSettings = (settings: ConversationSettings = {}) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));

/** Reads the JSON that `accept_turn` returns. */
export function readAcceptance(json: unknown): Acceptance {
  const row = v.parse(AcceptanceRow, json);
  if (!("turn_id" in row)) return row;
  const { outcome, conversation_id: conversationId, turn_id: turnId, status } = row;
  return { outcome, conversationId, turnId, status };
}

import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { maxOpenTurns, TurnStatus } from "#lib/contract/chat.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { conversationTitle } from "./conversation-title.ts";
import { lockConversation } from "./lock-conversation.ts";

export interface NewTurn {
  owner: string;
  /** Without it a new conversation begins. */
  conversationId?: string | undefined;
  message: string;
  /** The turn whose place this one takes: the newest of the conversation, which has ended. */
  replaces?: string | undefined;
  idempotencyKey?: string | undefined;
  /** Tells a repeated request from another one that uses the same key. */
  bodyHash: string;
}

export type Acceptance =
  | {
      outcome: "accepted" | "replayed";
      conversationId: string;
      turnId: string;
      status: TurnStatus;
    }
  | { outcome: "unknown" | "not_replaceable" | "queue_full" | "key_reused" };

const AcceptedTurn = v.object({
  id: v.string(),
  conversation_id: v.string(),
  status: TurnStatus,
  body_hash: v.string(),
});

/**
 * Makes a message durable, in one database request. Requests with the same key get the same turn.
 *
 *     request 1   key lock ── conversation ── turn ── commit
 *     request 2   key lock ········ waits ·········│ finds the turn: inserts nothing, replays it
 */
export async function acceptTurn(database: Database, input: NewTurn): Promise<Acceptance> {
  const turnId = randomUUID();
  const isNew = input.conversationId === undefined;
  const conversationId = input.conversationId ?? randomUUID();

  const key = input.idempotencyKey;
  const results = await database.transaction([
    ...(key === undefined ? [] : [lockKey(input.owner, key)]),
    ...(isNew ? [beginConversation(turnId, conversationId, input)] : []),
    lockConversation(conversationId, input.owner),
    findReplaced(conversationId, input),
    insertTurn(turnId, conversationId, input),
    touchConversation(turnId, conversationId, input),
    findTurn(turnId, input),
  ]);
  const [conversation, replaced, , , turns] = results.slice(-5);

  const found = turns?.[0];
  if (found === undefined) {
    return { outcome: whyRefused(input, conversation?.[0], replaced?.[0]) };
  }
  const turn = v.parse(AcceptedTurn, found);
  if (turn.body_hash !== input.bodyHash) return { outcome: "key_reused" };
  return {
    outcome: turn.id === turnId ? "accepted" : "replayed",
    conversationId: turn.conversation_id,
    turnId: turn.id,
    status: turn.status,
  };
}

function whyRefused(
  { replaces }: NewTurn,
  conversation: Row | undefined,
  replaced: Row | undefined,
) {
  if (conversation === undefined) return "unknown";
  if (replaces === undefined) return "queue_full";
  // The queue of a conversation whose newest turn has ended is never full.
  return replaced === undefined ? "unknown" : "not_replaceable";
}

/** Duplicates come one after the other, also those of a conversation that does not exist yet. */
function lockKey(owner: string, key: string): Statement {
  return {
    text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    params: [`${owner} ${key}`],
  };
}

/** Not when the key is known: a replay must not leave an empty conversation behind. */
function beginConversation(turnId: string, conversationId: string, input: NewTurn): Statement {
  return {
    text: `
      insert into conversations (id, owner, title, titled_by) select $1, $2, $3, $5
      where not exists (select from turns where owner = $2 and idem_key = $4)
      on conflict do nothing`,
    params: [
      conversationId,
      input.owner,
      conversationTitle(input.message),
      input.idempotencyKey,
      turnId,
    ],
  };
}

function findReplaced(conversationId: string, { owner, replaces }: NewTurn): Statement {
  return {
    text: `
      select from turns
      where id = $3 and conversation_id = $1 and owner = $2`,
    params: [conversationId, owner, replaces],
  };
}

function insertTurn(turnId: string, conversationId: string, input: NewTurn): Statement {
  return {
    text: `
      insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces)
      select $1, id, owner, $4, $5, $6, $7 from conversations
      where id = $2 and owner = $3                     -- unknown and foreign are the same
        and ${maxOpenTurns} > (                        -- the queue has room
          select count(*) from turns
          where conversation_id = $2 and status in ('queued', 'running'))
        and ($7::uuid is null or $7 = (                -- what is replaced is the newest and has ended
          select case when status in ('done', 'failed', 'stopped') then id end from turns
          where conversation_id = $2 order by seq desc limit 1))
      on conflict do nothing                           -- the key is known, or this request came twice`,
    params: [
      turnId,
      conversationId,
      input.owner,
      input.idempotencyKey,
      input.bodyHash,
      input.message,
      input.replaces,
    ],
  };
}

/** Moves it up in the list. A title made of the replaced message is made of the new one. */
function touchConversation(turnId: string, conversationId: string, input: NewTurn): Statement {
  return {
    text: `
      update conversations set
        updated_at = now(),
        title = case when titled_by = $3 then $4 else title end,
        titled_by = case when titled_by = $3 then $1 else titled_by end
      where id = $2 and exists (select from turns where id = $1)`,
    params: [turnId, conversationId, input.replaces, conversationTitle(input.message)],
  };
}

function findTurn(turnId: string, { owner, idempotencyKey }: NewTurn): Statement {
  return {
    text: `
      select id, conversation_id, status, body_hash from turns
      where owner = $1 and (id = $2 or idem_key = $3)`,
    params: [owner, turnId, idempotencyKey],
  };
}

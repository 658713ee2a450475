import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { maxOpenTurns, TurnStatus } from "#lib/contract/chat.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationTitle } from "./conversation-title.ts";
import { lockConversation } from "./lock-conversation.ts";
import type { OwnerBounds } from "./owner-bounds.ts";

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
  | { outcome: "unknown" | "key_reused" | Refusal };

const Refusal = v.picklist([
  "not_replaceable",
  "queue_full",
  "too_many_open_turns",
  "too_many_conversations",
  "storage_full",
]);
type Refusal = v.InferOutput<typeof Refusal>;

const AcceptedTurn = v.object({
  id: v.string(),
  conversation_id: v.string(),
  status: TurnStatus,
  body_hash: v.string(),
});

/**
 * Makes a message durable, in one database request. Requests with the same key get the same turn.
 *
 *     request 1   owner lock ── counts ── conversation, turn ── commit
 *     request 2   owner lock ········ waits ··················│ counts what request 1 has committed
 *
 * One owner's requests run one after the other, so two of them never pass a bound together.
 */
export async function acceptTurn(
  database: Database,
  input: NewTurn,
  bounds: OwnerBounds,
): Promise<Acceptance> {
  const turnId = randomUUID();
  const conversationId = input.conversationId ?? randomUUID();

  const [, conversation, replaced, inserted, , turns] = await database.transaction([
    lockOwner(input.owner),
    lockConversation(conversationId, input.owner),
    findReplaced(conversationId, input),
    insertTurn(turnId, conversationId, input, bounds),
    touchConversation(turnId, conversationId, input),
    findTurn(turnId, input),
  ]);

  const found = turns?.[0];
  if (found === undefined) {
    const isUnknown =
      (input.conversationId !== undefined && conversation?.[0] === undefined) ||
      (input.replaces !== undefined && replaced?.[0] === undefined);
    return { outcome: isUnknown ? "unknown" : v.parse(Refusal, inserted?.[0]?.refusal) };
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

/** Must be a statement of its own, so that the statements after it see what the previous holder of the lock committed. */
function lockOwner(owner: string): Statement {
  return {
    text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    params: [owner],
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

/**
 * Inserts the turn, and its conversation if the turn begins one, unless a bound refuses both. One statement, so that the
 * reason it returns is the reason for which it inserted nothing. Each count reads an index no further than its bound.
 */
function insertTurn(
  turnId: string,
  conversationId: string,
  input: NewTurn,
  bounds: OwnerBounds,
): Statement {
  return {
    text: `
      with refusal as (
        select case
          when $7::uuid is not null and $7 is distinct from (   -- the newest turn, if it has ended
            select case when status in ('done', 'failed', 'stopped') then id end from turns
            where conversation_id = $2 order by seq desc limit 1) then 'not_replaceable'
          when ${maxOpenTurns} <= (
            select count(*) from turns
            where conversation_id = $2 and status in ('queued', 'running')) then 'queue_full'
          when $10 <= (
            select count(*) from turns
            where owner = $3 and status in ('queued', 'running')) then 'too_many_open_turns'
          when $9 and $11 <= (
            select count(*) from conversations where owner = $3) then 'too_many_conversations'
          when $12 < (
            select coalesce(sum(stored_bytes), 0) from conversations where owner = $3
          ) + 1024 + 2 * octet_length($6::text) then 'storage_full'   -- what turn_bytes will say
        end as reason
      ), begun as (
        insert into conversations (id, owner, title, titled_by)
        select $2, $3, $8, $1 from refusal
        where $9 and reason is null
          -- A replay must not leave an empty conversation behind.
          and not exists (select from turns where owner = $3 and idem_key = $4)
        on conflict do nothing                         -- this request came twice
        returning id
      ), inserted as (
        insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces)
        select $1, conversation.id, $3, $4, $5, $6, $7
        from refusal, (
          select id from begun
          union all
          select id from conversations where id = $2 and owner = $3   -- unknown and foreign are the same
        ) conversation
        where reason is null
        on conflict do nothing                         -- the key is known, or this request came twice
      )
      select reason as refusal from refusal`,
    params: [
      turnId,
      conversationId,
      input.owner,
      input.idempotencyKey,
      input.bodyHash,
      input.message,
      input.replaces,
      conversationTitle(input.message),
      input.conversationId === undefined,
      bounds.openTurns,
      bounds.conversations,
      bounds.storedBytes,
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

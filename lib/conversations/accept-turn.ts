import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { maxOpenTurns, TurnStatus } from "#lib/contract/chat.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationTitle } from "./conversation-title.ts";
import { lockConversation } from "./lock-conversation.ts";
import { partOf, type TransactionPart } from "./transaction-part.ts";
import { turnHasEnded, turnIsOpen } from "./turn-sql.ts";

export interface NewTurn {
  owner: string;
  /** Without an id the turn begins a new conversation. */
  conversationId?: string | undefined;
  message: string;
  /** The turn that the new turn replaces: the newest turn of the conversation, which has ended. */
  replaces?: string | undefined;
  idempotencyKey?: string | undefined;
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
 * Makes a message durable in one database request. Requests with the same idempotency key get the same turn.
 *
 *     request 1   locks the owner ── counts ── inserts ── commits
 *     request 2   waits for the lock ·····················│ counts what request 1 has committed
 *
 * The requests of one owner run one after the other, so two requests never pass the same bound together.
 */
export async function acceptTurn(
  database: Database,
  input: NewTurn,
  bounds: OwnerBounds,
): Promise<Acceptance> {
  const { statements, read } = acceptPart(input, bounds);
  return read(await database.transaction(statements));
}

export interface AcceptPart extends TransactionPart<Acceptance> {
  /** The ids that the turn and its conversation get, unless the accept is refused or replayed. */
  turnId: string;
  conversationId: string;
}

/** Returns the statements that accept a turn. Must come first in its transaction, because it locks the owner. */
export function acceptPart(input: NewTurn, bounds: OwnerBounds): AcceptPart {
  const turnId = randomUUID();
  const conversationId = input.conversationId ?? randomUUID();
  const beginsConversation = input.conversationId === undefined;
  const part = partOf(
    {
      owner: lockOwner(input.owner),
      conversation: lockConversation(conversationId, input.owner),
      replaced: input.replaces ? selectReplacedTurn(conversationId, input) : undefined,
      inserted: insertTurn(turnId, conversationId, input, bounds),
      updated: beginsConversation ? undefined : updateConversation(turnId, conversationId, input),
      accepted: selectAcceptedTurn(turnId, input),
    },
    ({ conversation, replaced, inserted, accepted }): Acceptance => {
      const row = accepted?.[0];
      if (row === undefined) {
        const isUnknown =
          (!beginsConversation && conversation?.[0] === undefined) ||
          (input.replaces !== undefined && replaced?.[0] === undefined);
        return { outcome: isUnknown ? "unknown" : v.parse(Refusal, inserted?.[0]?.refusal) };
      }
      const turn = v.parse(AcceptedTurn, row);
      if (turn.body_hash !== input.bodyHash) return { outcome: "key_reused" };
      return {
        outcome: turn.id === turnId ? "accepted" : "replayed",
        conversationId: turn.conversation_id,
        turnId: turn.id,
        status: turn.status,
      };
    },
  );
  return { turnId, conversationId, ...part };
}

/**
 * Settles the race between two requests of one owner: the second request counts only after the first has committed.
 * The lock must be a separate statement, so that later statements see what the previous lock holder committed.
 */
function lockOwner(owner: string): Statement {
  return {
    text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
    params: [owner],
  };
}

/** Returns a row if the turn to replace exists in this conversation. Otherwise the outcome is `unknown`, not a refusal. */
function selectReplacedTurn(conversationId: string, { owner, replaces }: NewTurn): Statement {
  return {
    text: `
      select from turns
      where id = $3 and conversation_id = $1 and owner = $2`,
    params: [conversationId, owner, replaces],
  };
}

/**
 * Inserts the turn, and the conversation if the turn begins one, unless a bound refuses both. Returns the refusal or null.
 * A single statement checks and inserts, so the returned refusal is the reason why nothing was inserted. Each count reads
 * at most about as many entries of an index as its bound allows.
 *
 * The database client sends a request again when the reply was lost. The repeated insert finds its own ids and does nothing.
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
          when $7::uuid is not null and $7 is distinct from (   -- only the newest turn, once it has ended
            select case when ${turnHasEnded} then id end from turns
            where conversation_id = $2 order by seq desc limit 1) then 'not_replaceable'
          when ${maxOpenTurns} <= (
            select count(*) from turns
            where conversation_id = $2 and ${turnIsOpen}) then 'queue_full'
          when $10 <= (
            select count(*) from turns
            where owner = $3 and ${turnIsOpen}) then 'too_many_open_turns'
          when $9 and $11 <= (
            select count(*) from conversations where owner = $3) then 'too_many_conversations'
          when $12 < (
            select coalesce(sum(stored_bytes), 0) from conversations where owner = $3
          ) + 1024 + 2 * octet_length($6::text) then 'storage_full'   -- the new turn, as turn_bytes counts
        end as reason
      ), begun as (
        insert into conversations (id, owner, title, titled_by)
        select $2, $3, $8, $1 from refusal
        where $9 and reason is null
          -- A replay must not leave an empty conversation behind.
          and not exists (select from turns where owner = $3 and idem_key = $4)
        on conflict do nothing                         -- the same request, sent again
        returning id
      ), inserted as (
        insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces)
        select $1, conversation.id, $3, $4, $5, $6, $7
        from refusal, (
          select id from begun
          union all
          select id from conversations where id = $2 and owner = $3   -- no row if another owner has it
        ) conversation
        where reason is null
        on conflict do nothing                         -- a replay of the key, or the same request sent again
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

/**
 * Moves the conversation to the top of the list. If its title came from the replaced message, the new message gives the
 * title. Does nothing if the turn was refused or replayed.
 */
function updateConversation(turnId: string, conversationId: string, input: NewTurn): Statement {
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

/** Finds the new turn, or the older turn with the same idempotency key. */
function selectAcceptedTurn(turnId: string, { owner, idempotencyKey }: NewTurn): Statement {
  return {
    text: `
      select id, conversation_id, status, body_hash from turns
      where owner = $1 and (id = $2 or idem_key = $3)`,
    params: [owner, turnId, idempotencyKey],
  };
}

import { createHash, randomUUID } from "node:crypto";
import * as v from "valibot";
import type { ConversationImport } from "#lib/contract/conversation-import.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { NoRoomForCopy } from "./no-room-for-copy.ts";

interface ImportInput extends ConversationImport {
  owner: string;
  settings?: ConversationSettings | undefined;
  /** A second import with the same key gets the conversation of the first. */
  idempotencyKey?: string | undefined;
}

type Import = { outcome: "imported"; conversationId: string } | { outcome: NoRoomForCopy };

export type ImportConversation = (input: ImportInput) => Promise<Import>;

interface ImportOptions {
  database: Database;
  bounds: { conversations: number; storedBytes: number };
}

/**
 * Stores a conversation from elsewhere in one database request. Its turns have ended, so nothing runs and nothing costs. The
 * conversation counts as used now: with its old times it would be deleted as idle.
 */
export async function importConversation(
  { database, bounds }: ImportOptions,
  { owner, title, turns, settings = {}, idempotencyKey }: ImportInput,
): Promise<Import> {
  const conversationId =
    idempotencyKey === undefined ? randomUUID() : importedIdOf(owner, idempotencyKey);
  const ids = turns.map(() => randomUUID());
  const rows = turns.map(({ parent, ...turn }, index) => ({
    ...turn,
    position: index,
    id: ids[index],
    parent: ids[parent === undefined ? index - 1 : (parent ?? -1)],
  }));
  const [, [row] = []] = await database.transaction([
    // Two imports of one owner at once never pass a bound together.
    { text: "select pg_advisory_xact_lock(hashtextextended($1, 0))", params: [owner] },
    {
      text: `
        with given as materialized (
          select id, parent, position, message, text, least(coalesce(created_at, now()), now()) as at
          from json_to_recordset($4) as listed
            (id uuid, parent uuid, position integer, message text, text text, created_at timestamptz)
        ), refusal as (
          select case
            when exists (select from conversations where id = $2) then 'imported'
            when $5 <= (select count(*) from conversations where owner = $1) then 'too_many_conversations'
            when $6 < (select coalesce(sum(stored_bytes), 0) from conversations where owner = $1)
              -- As turn_bytes counts.
              + (select sum(1028 + 2 * (octet_length(message) + octet_length(text))) from given) then 'storage_full'
          end as outcome
        ), conversation as (
          insert into conversations (id, owner, title, created_at, head, settings)
          select $2, $1, $3, (select min(at) from given), (select id from given order by position desc limit 1), $7
          from refusal where outcome is null
          returning id
        ), inserted as (
          insert into turns (id, conversation_id, owner, input, status, attempts, result, created_at, finished_at, parent)
          select given.id, conversation.id, $1, message, 'done', 1, text, at, at, parent
          from given, conversation order by position
        )
        select coalesce(outcome, 'imported') as outcome from refusal`,
      params: [
        ...[owner, conversationId, title, JSON.stringify(rows)],
        ...[bounds.conversations, bounds.storedBytes, JSON.stringify(settings)],
      ],
    },
  ]);
  const { outcome } = v.parse(OutcomeRow, row);
  return outcome === "imported" ? { outcome, conversationId } : { outcome };
}

const OutcomeRow = v.object({
  outcome: v.picklist(["imported", "too_many_conversations", "storage_full"]),
});

/** Returns the id of the conversation that an import with this key makes: a UUID of version 8, which no other owner's key gives. */
export function importedIdOf(owner: string, key: string): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([owner, key]))
    .digest("hex");
  return [
    ...[hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`],
    ...[`8${hex.slice(17, 20)}`, hex.slice(20, 32)],
  ].join("-");
}

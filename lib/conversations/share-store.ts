import { randomBytes, randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Share, SharedConversation, SharedTurn } from "#lib/contract/share.ts";
import { SharedConversation as SharedSchema, Share as ShareSchema } from "#lib/contract/share.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";
import { callFunction } from "./function-call.ts";
import type { NoRoomForCopy } from "./no-room-for-copy.ts";

interface NewShare {
  owner: string;
  conversationId: string;
  turnId?: string | undefined;
  expiresInDays: number;
  withTools: boolean;
}

/** A share without the origin of its link. */
type StoredShare = Omit<Share, "url"> & { token: string };

type Creation =
  | { outcome: "created"; share: StoredShare }
  | { outcome: "unknown" | "turn_open" | "too_many_shares" };

type Copy = "copied" | "unknown" | NoRoomForCopy;

/** Read-only links to conversations. Each call is one database request. */
export interface ShareStore {
  create(share: NewShare): Promise<Creation>;
  /** Newest first, without those that have expired. */
  list(input: { owner: string; conversationId?: string | undefined }): Promise<StoredShare[]>;
  /** Returns false if the owner has no such share. */
  delete(input: { owner: string; id: string }): Promise<boolean>;
  /** Returns a page of what a link shows, and undefined for a link that is unknown, revoked, expired or lost its conversation. */
  read(input: { token: string; before: number }): Promise<SharedConversation | undefined>;
  /** Copies what a link shows into a new conversation of the owner. */
  copy(input: { token: string; owner: string; conversationId: string }): Promise<Copy>;
}

interface ShareStoreOptions {
  database: Database;
  bounds: { conversations: number; storedBytes: number };
}

export const maxShares = 100;
const pageTurns = 50;
/** As in a transcript: a buffered Lambda response has at most 6 MB, and text may grow sevenfold in it. */
const maxPageBytes = 768 * 1024;

const time = (column: string) => `${rfc3339(column)} as ${column}`;
const shareColumns = `id, token, conversation_id, title, with_tools, ${time("created_at")}, ${time("expires_at")}`;

const StoredShareRow = v.object({
  ...v.omit(ShareSchema, ["url"]).entries,
  token: v.string(),
});

export function createShareStore({ database, bounds }: ShareStoreOptions): ShareStore {
  return {
    async create({ owner, conversationId, turnId, expiresInDays, withTools }) {
      const [, , [row] = []] = await database.transaction([
        // Two shares of one owner at once never pass the bound together.
        {
          text: "select pg_advisory_xact_lock(hashtextextended($1, 0))",
          params: [owner],
        },
        {
          text: "delete from shares where owner = $1 and expires_at <= now()",
          params: [owner],
        },
        {
          text: `
            with leaf as (
              select turns.id, turns.finished_at, conversations.title
              from conversations join turns on turns.conversation_id = conversations.id
              where conversations.id = $2 and conversations.owner = $1
                and turns.id = coalesce($3, conversations.head)
            ), refusal as (
              select case
                when not exists (select from leaf) then 'unknown'
                when (select finished_at from leaf) is null then 'turn_open'
                when ${maxShares} <= (select count(*) from shares where owner = $1) then 'too_many_shares'
              end as outcome
            ), created as (
              insert into shares (id, token, owner, conversation_id, turn_id, title, with_tools, expires_at)
              select $4, $5, $1, $2, leaf.id, leaf.title, $6, now() + make_interval(days => $7)
              from leaf, refusal where refusal.outcome is null
              returning ${shareColumns}
            )
            select coalesce(refusal.outcome, 'created') as outcome, row_to_json(created) as share
            from refusal left join created on true`,
          params: [
            owner,
            conversationId,
            turnId ?? null,
            randomUUID(),
            randomBytes(32).toString("base64url"),
            withTools,
            expiresInDays,
          ],
        },
      ]);
      return v.parse(CreationRow, row);
    },

    async list({ owner, conversationId }) {
      const rows = await database.query({
        text: `
          select ${shareColumns} from shares
          where owner = $1 and expires_at > now() and ($2::uuid is null or conversation_id = $2)
          order by shares.created_at desc, id desc`,
        params: [owner, conversationId ?? null],
      });
      return v.parse(v.array(StoredShareRow), rows);
    },

    async delete({ owner, id }) {
      const rows = await database.query({
        text: "delete from shares where id = $2 and owner = $1 returning id",
        params: [owner, id],
      });
      return rows.length === 1;
    },

    async read({ token, before }) {
      const [row] = await database.query({
        text: `
          with share as (
            select * from shares where token = $1 and expires_at > now()
          ), branch as (
            select turns, walk.distance,
              sum(octet_length(input) + octet_length(result) + octet_length(tools::text)
                + octet_length(coalesce(sources::text, ''))) over (order by walk.distance) as bytes
            from share cross join lateral (
              select * from turns_of_branch(share.turn_id)
              where distance > $2 and distance <= $2 + ${pageTurns + 1}
            ) walk
            join turns on turns.id = walk.id
          ), page as (
            select *, distance = $2 + 1 or distance <= $2 + ${pageTurns} and bytes <= ${maxPageBytes} as fits from branch
          )
          select title, ${time("created_at")}, ${time("expires_at")},
            (select coalesce(json_agg(json_build_object(
              'message', message_at(turns, share.created_at), 'status', (turns).status, 'text', (turns).result,
              'created_at', ${rfc3339("(turns).created_at")},
              'tools', case when share.with_tools then (turns).tools else '[]' end,
              'sources', coalesce((turns).sources, '[]')) order by distance desc), '[]') from page where fits) as turns,
            (select case when count(*) filter (where not fits) > 0 then max(distance) filter (where fits) end
              from page)::text as earlier_cursor
          from share`,
        params: [token, before],
      });
      if (row === undefined) return undefined;
      const shared = v.parse(SharedSchema, row);
      return { ...shared, turns: shared.turns.map(withoutDocuments) };
    },

    async copy({ token, owner, conversationId }) {
      const { text, params } = callFunction("copy_share", {
        token,
        owner,
        conversation: conversationId,
        max_conversations: bounds.conversations,
        max_stored_bytes: bounds.storedBytes,
      });
      const [row] = await database.query({ text: `select ${text} as outcome`, params });
      return v.parse(CopyRow, row).outcome;
    },
  };
}

const CreationRow = v.variant("outcome", [
  v.object({ outcome: v.literal("created"), share: StoredShareRow }),
  v.object({ outcome: v.picklist(["unknown", "turn_open", "too_many_shares"]) }),
]);
const CopyRow = v.object({
  outcome: v.picklist(["copied", "unknown", "too_many_conversations", "storage_full"]),
});

/** An address that is no web page leads into the owner's own documents. */
const withoutDocuments = ({ sources, ...turn }: SharedTurn): SharedTurn => ({
  ...turn,
  sources: sources.map(({ url, ...source }) =>
    url !== undefined && /^https?:/.test(url) ? { ...source, url } : source,
  ),
});

/** Returns a share with its link in place of its token. */
export const withLink = ({ token, ...share }: StoredShare, publicOrigin = ""): Share => ({
  ...share,
  url: `${publicOrigin}/shared/${token}`,
});

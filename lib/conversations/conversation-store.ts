import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import type {
  Conversation,
  ConversationPage,
  ConversationWithTurns,
} from "#lib/contract/conversation.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { threadTables } from "#lib/thread/thread-tables.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

/** A visitor's conversations. What belongs to somebody else is answered like what does not exist. */
export interface ConversationStore {
  /**
   * Newest first; with `search` those that hold it, in any case, in their title, a message or an answer.
   * Undefined: the cursor is not one of ours.
   */
  list(input: {
    owner: string;
    search?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  }): Promise<ConversationPage | undefined>;
  /**
   * With its newest turns, or the newest before a cursor, oldest first: at most `limit`, and fewer when they are large.
   * Nothing is before an unknown cursor.
   */
  get(input: {
    owner: string;
    id: string;
    before?: string | undefined;
    limit: number;
  }): Promise<ConversationWithTurns | undefined>;
  rename(input: { owner: string; id: string; title: string }): Promise<Conversation | undefined>;
  /** Turns and thread go with it; an answer that is being written is refused at its end. False: there was none. */
  delete(input: { owner: string; id: string }): Promise<boolean>;
}

export function createConversationStore({ database }: { database: Database }): ConversationStore {
  return {
    async list({ owner, search, cursor, limit }) {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      if (cursor !== undefined && after === undefined) return undefined;
      const rows = await database.query({
        text: `
          select ${columns} from conversations
          where owner = $1 and ($2::timestamptz is null or (updated_at, id) < ($2, $3::uuid))
            and ($5::text is null or title ilike $5 or exists (
              select from turns
              -- The owner once more, so that no plan ever reads other visitors' rows.
              where owner = $1 and conversation_id = conversations.id
                and (input ilike $5 or result ilike $5)
                and ${isNotReplaced("turns.conversation_id", "turns.id")}))
          order by updated_at desc, id desc limit $4`,
        // One more than asked for tells whether there is a next page.
        params: [owner, after?.updatedAt.toISOString(), after?.id, limit + 1, patternOf(search)],
      });
      const found = rows.map((row) => v.parse(ConversationRow, row));
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return {
        conversations: page.map(toConversation),
        next_cursor: last ? encodeCursor({ updatedAt: last.updated_at, id: last.id }) : null,
      };
    },

    async get({ owner, id, before, limit }) {
      const [[conversation] = [], rows = []] = await database.transaction([
        {
          text: `select ${columns} from conversations where id = $1 and owner = $2`,
          params: [id, owner],
        },
        selectPage({ owner, id, before, limit }),
      ]);
      if (conversation === undefined) return undefined;
      const turns = rows.map((turn) => v.parse(TurnState, turn));
      const hasEarlier = rows.at(-1)?.has_earlier === true;
      return {
        ...readConversation(conversation),
        turns: turns.reverse(),
        earlier_cursor: hasEarlier ? (turns[0]?.turn_id ?? null) : null,
      };
    },

    async rename({ owner, id, title }) {
      // updated_at stays: a new name is no reason to move up in the list.
      const [row] = await database.query({
        text: `
          update conversations set title = $3, titled_by = null
          where id = $1 and owner = $2 returning ${columns}`,
        params: [id, owner, title],
      });
      return row && readConversation(row);
    },

    async delete({ owner, id }) {
      const params = [id, owner];
      const results = await database.transaction([
        // A runner that is committing comes first; every later one finds no conversation to write to.
        { text: "select from conversations where id = $1 and owner = $2 for update", params },
        ...threadTables.map((table) => deleteThread(table, params)),
        {
          text: "delete from conversations where id = $1 and owner = $2 returning id",
          params,
        },
      ]);
      return results.at(-1)?.length === 1;
    },
  };
}

const columns = "id, title, created_at, updated_at";

/**
 * Text of one page of a transcript, as it is stored. A buffered Lambda response has at most 6 MB and is JSON inside JSON,
 * in which a control character takes seven bytes: 768 KB become 5.4 MB at worst.
 */
const maxPageBytes = 768 * 1024;

interface PageInput {
  owner: string;
  id: string;
  before?: string | undefined;
  limit: number;
}

/**
 * The newest turns that fit into a page, newest first. PostgreSQL walks from turn to turn and stops at the first that
 * does not fit, so that a page costs the same however long its conversation is. The first turn always fits.
 */
function selectPage({ owner, id, before, limit }: PageInput): Statement {
  return {
    text: `
      with recursive walk as (
        select 0 as position, start.seq, 0::bigint as bytes
        from (
          select ${highestSeq} as seq where $3::uuid is null
          union all
          select seq from turns where id = $3 and conversation_id = $1
        ) start
        union all
        select position + 1, turn.seq, walk.bytes + turn.bytes
        from walk cross join lateral (
          select seq, octet_length(input) + octet_length(coalesce(result, partial, ''))
            + octet_length(tools::text) + octet_length(coalesce(error::text, '')) as bytes
          from turns
          where conversation_id = $1 and owner = $2 and turns.seq < walk.seq
            and ${isNotReplaced("turns.conversation_id", "turns.id")}
          order by turns.seq desc limit 1
        ) turn
        where position <= $4 and (position < 2 or walk.bytes <= $5)
      ), page as (
        select seq, position = 1 or position <= $4 and bytes <= $5 as fits from walk
        where position > 0
      )
      select turn_states.*, exists (select from page where not fits) as has_earlier
      from page join turn_states on turn_states.conversation_id = $1 and turn_states.seq = page.seq
      where fits order by page.seq desc`,
    params: [id, owner, before, limit, maxPageBytes],
  };
}

const highestSeq = "9223372036854775807::bigint";

const isNotReplaced = (conversationId: string, turnId: string): string => `
  not exists (
    select from turns later
    where later.conversation_id = ${conversationId} and later.replaces = ${turnId})`;

/** For `ilike`, in which the text stands for itself: `\\` escapes. */
const patternOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;

const ConversationRow = v.object({
  id: v.string(),
  title: v.string(),
  created_at: v.date(),
  updated_at: v.date(),
});

function readConversation(row: Row): Conversation {
  return toConversation(v.parse(ConversationRow, row));
}

function toConversation(row: v.InferOutput<typeof ConversationRow>): Conversation {
  return {
    id: row.id,
    title: row.title,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

function deleteThread(table: string, params: unknown[]): Statement {
  return {
    text: `
      delete from ${table}
      where thread_id = (select id::text from conversations where id = $1 and owner = $2)`,
    params,
  };
}

import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import type {
  Conversation,
  ConversationPage,
  ConversationWithTurns,
} from "#lib/contract/conversation.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { threadTables } from "#lib/thread/thread-tables.ts";
import { decodeCursor, encodeCursor, type Position } from "./cursor.ts";
import { lockConversation } from "./lock-conversation.ts";
import { readHits, searchConversations } from "./search-conversations.ts";
import { turnIsNotReplaced } from "./turn-sql.ts";

/** A visitor's conversations. What belongs to somebody else is answered like what does not exist. */
export interface ConversationStore {
  /**
   * Newest first. With `search` those that hold each of its words in the title, a message or an answer, whatever their
   * case and accents, with an excerpt.
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
      // One more than asked for tells whether there is a next page.
      const page = { owner, after, limit: limit + 1 };
      const rows = await database.query(
        search === undefined ? listConversations(page) : searchConversations({ ...page, search }),
      );
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? v.parse(ConversationRow, shown.at(-1)) : undefined;
      return {
        conversations: shown.map((row) => {
          const conversation = readConversation(row);
          if (search === undefined) return conversation;
          return { ...conversation, ...readHits(row, conversation.title, search) };
        }),
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
        lockConversation(id, owner),
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
            and ${turnIsNotReplaced("turns.conversation_id", "turns.id")}
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

interface ListInput {
  owner: string;
  after: Position | undefined;
  limit: number;
}

function listConversations({ owner, after, limit }: ListInput): Statement {
  return {
    text: `
      select ${columns} from conversations
      where owner = $1 and ($2::timestamptz is null or (updated_at, id) < ($2, $3::uuid))
      order by updated_at desc, id desc limit $4`,
    params: [owner, after?.updatedAt.toISOString(), after?.id, limit],
  };
}

const ConversationRow = v.object({
  id: v.string(),
  title: v.string(),
  created_at: v.date(),
  updated_at: v.date(),
});

function readConversation(row: Row): Conversation {
  const { created_at, updated_at, ...rest } = v.parse(ConversationRow, row);
  return {
    ...rest,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
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

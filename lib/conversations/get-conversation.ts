import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationColumns, readConversation } from "./conversation-row.ts";
import { turnIsNotReplaced } from "./turn-sql.ts";
import { readTurnState } from "./turn-state.ts";

export interface GetInput {
  owner: string;
  id: string;
  /** The id of a turn: the page ends before that turn. Without an id the page ends with the newest turn. */
  before?: string | undefined;
  limit: number;
}

/**
 * Text of one page of a transcript, as it is stored. A buffered Lambda response has at most 6 MB and is JSON inside JSON,
 * in which a control character takes seven bytes: 768 KB become 5.4 MB at worst.
 */
const maxPageBytes = 768 * 1024;

/**
 * Returns a conversation with one page of its turns, oldest first: at most `limit` turns, and fewer when they are large.
 * The page is empty if `before` is no turn of the conversation. Returns undefined if the owner has no such conversation.
 */
export async function getConversation(
  database: Database,
  input: GetInput,
): Promise<ConversationWithTurns | undefined> {
  const [[conversation] = [], rows = []] = await database.transaction([
    {
      text: `select ${conversationColumns} from conversations where id = $1 and owner = $2`,
      params: [input.id, input.owner],
    },
    selectPage(input),
  ]);
  if (conversation === undefined) return undefined;
  const turns = rows.map(readTurnState);
  const hasEarlier = rows.at(-1)?.has_earlier === true;
  return {
    ...readConversation(conversation),
    head: rows[0] === undefined ? null : readTurnState(rows[0]).turn_id,
    settings: {},
    turns: turns.reverse(),
    earlier_cursor: hasEarlier ? (turns[0]?.turn_id ?? null) : null,
  };
}

/**
 * Selects the newest turns that fit into a page, newest first. PostgreSQL walks from turn to turn and stops at the first
 * turn that does not fit, so a page costs the same in a long and in a short conversation. The first turn always fits.
 */
function selectPage({ owner, id, before, limit }: GetInput): Statement {
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
            + octet_length(tools::text) + octet_length(coalesce(sources::text, '')) + octet_length(coalesce(citations::text, '')) + octet_length(coalesce(error::text, ''))
            + case when parkings > 0 then octet_length(coalesce(approvals_of_turn(id)::text, '')) else 0 end as bytes
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

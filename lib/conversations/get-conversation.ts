import * as v from "valibot";
import type { TurnState } from "#lib/contract/chat.ts";
import { ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import {
  conversationColumnsWithSettings,
  readConversationWithSettings,
} from "./conversation-row.ts";
import { readTurnState } from "./turn-state.ts";

const OpenTurns = ConversationWithTurns.entries.open_turns;

export interface GetInput {
  owner: string;
  id: string;
  /** The id of a turn: the page ends before that turn. Without an id the page ends with the last turn. */
  before?: string | undefined;
  /** Returns the turns of all branches, not only those of the shown one. */
  branches?: "all" | undefined;
  limit: number;
}

/**
 * Text of one page of a transcript, as it is stored. A buffered Lambda response has at most 6 MB and is JSON inside JSON,
 * in which a control character takes seven bytes: 768 KB become 5.4 MB at worst.
 */
const maxPageBytes = 768 * 1024;

/** A turn shows at most so many of its versions: the newest. */
const maxVersions = 100;

/**
 * Returns a conversation with one page of the shown branch, or of all, oldest turn first: at most `limit` turns, and fewer when they are large.
 * The page is empty if `before` is no turn of the conversation. Returns undefined if the owner has no such conversation.
 */
export async function getConversation(
  database: Database,
  input: GetInput,
): Promise<ConversationWithTurns | undefined> {
  const [[conversation] = [], rows = [], open = []] = await database.transaction([
    {
      text: `select ${conversationColumnsWithSettings} from conversations where id = $1 and owner = $2`,
      params: [input.id, input.owner],
    },
    selectPage(input),
    {
      text: `select id as turn_id, status from turns
        where conversation_id = $1 and owner = $2 and status in ('queued', 'running', 'waiting') order by seq`,
      params: [input.id, input.owner],
    },
  ]);
  if (conversation === undefined) return undefined;
  const turns = rows.map(readTurn);
  const hasEarlier = rows.at(-1)?.has_earlier === true;
  return {
    ...readConversationWithSettings(conversation),
    turns: turns.reverse(),
    open_turns: v.parse(OpenTurns, open),
    earlier_cursor: hasEarlier ? (turns[0]?.turn_id ?? null) : null,
  };
}

/** A message that was never changed in place has no earlier texts. */
function readTurn({ earlier_messages, ...row }: Row): TurnState {
  return readTurnState(earlier_messages === null ? row : { ...row, earlier_messages });
}

/**
 * Selects the last turns that fit into a page, newest first. PostgreSQL walks from turn to parent, or through all branches from turn
 * to the turn accepted before, and stops at the
 * first turn that does not fit, so a page costs the same in a long and in a short conversation. The first turn always fits.
 */
function selectPage({ owner, id, before, limit, branches }: GetInput): Statement {
  const acceptedBefore = (bound: string) =>
    `(select id from turns where conversation_id = $1 and owner = $2 and ${bound} order by seq desc limit 1)`;
  const last = branches === "all" ? acceptedBefore("true") : "head";
  const previousOf = (turn: string) =>
    branches === "all" ? acceptedBefore(`turns.seq < ${turn}.seq`) : `${turn}.parent`;
  return {
    text: `
      with recursive walk as (
        select 0 as position, start.next, null::uuid as id, 0::bigint as bytes
        from (
          select ${last} as next from conversations where id = $1 and owner = $2 and $3::uuid is null
          union all
          select ${previousOf("one")} from turns one where id = $3 and conversation_id = $1 and owner = $2
        ) start
        union all
        select position + 1, ${previousOf("turn")}, turn.id, walk.bytes + turn.bytes
        from walk cross join lateral (
          select id, parent, seq, octet_length(input) + octet_length(coalesce(result, partial, ''))
            + octet_length(tools::text) + octet_length(coalesce(sources::text, '')) + octet_length(coalesce(citations::text, '')) + octet_length(coalesce(error::text, ''))
            + octet_length(coalesce(earlier_inputs::text, ''))
            + case when parkings > 0 then octet_length(coalesce(approvals_of_turn(id)::text, '')) else 0 end as bytes
          from turns where turns.id = walk.next
        ) turn
        where position <= $4 and (position < 2 or walk.bytes <= $5)
      ), page as (
        select id, position, position = 1 or position <= $4 and bytes <= $5 as fits from walk
        where position > 0
      )
      select turn_states.*, exists (select from page where not fits) as has_earlier,
        to_json(array(
          select id from (
            (select id, seq from turns where turn_states.parent is not null and turns.parent = turn_states.parent
              order by seq desc limit ${maxVersions})
            union all
            (select id, seq from turns
              where turn_states.parent is null and turns.parent is null and turns.conversation_id = $1
              order by seq desc limit ${maxVersions})
          ) version order by seq)) as versions,
        (select json_agg(earlier ->> 'text' order by position)
          from turns, jsonb_array_elements(earlier_inputs) with ordinality as listed (earlier, position)
          where turns.id = turn_states.turn_id) as earlier_messages
      from page join turn_states on turn_states.turn_id = page.id
      where fits order by page.position`,
    params: [id, owner, before, limit, maxPageBytes],
  };
}

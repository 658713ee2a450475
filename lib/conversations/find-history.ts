import * as v from "valibot";
import type { Database } from "#lib/platform/postgres.ts";

/** A branch from its start, as a client knows it that keeps the history itself. */
export interface History {
  owner: string;
  /** The conversations that may have it. */
  conversationIds: readonly string[];
  turns: readonly { message: string; answers: readonly string[] }[];
}

export type FindHistory = (
  history: History,
) => Promise<{ conversationId: string; turnId: string } | undefined>;

/** Finds the last turn of a branch whose messages and answers are those of a history. One database request. */
export const createFindHistory =
  (database: Database): FindHistory =>
  async ({ owner, conversationIds, turns }) => {
    const [row] = await database.query({
      text: `
        with recursive given as (
          select ordinality as depth, turn ->> 'message' as message, turn -> 'answers' as answers
          from jsonb_array_elements($3::jsonb) with ordinality as listed (turn, ordinality)
        ), branch as (
          select turns.id, turns.conversation_id, 1::bigint as depth, turns.created_at
          from turns join given on given.depth = 1 and input = message and answers ? coalesce(result, '')
          where conversation_id = any($2::uuid[]) and owner = $1 and parent is null and finished_at is not null
          union all
          select turns.id, turns.conversation_id, branch.depth + 1, turns.created_at
          from branch join turns on turns.parent = branch.id
            join given on given.depth = branch.depth + 1 and input = message and answers ? coalesce(result, '')
          where finished_at is not null
        )
        select id, conversation_id from branch where depth = $4 order by created_at desc limit 1`,
      params: [owner, conversationIds, JSON.stringify(turns), turns.length],
    });
    if (!row) return undefined;
    const { id, conversation_id } = v.parse(FoundRow, row);
    return { conversationId: conversation_id, turnId: id };
  };

const FoundRow = v.object({ id: v.string(), conversation_id: v.string() });

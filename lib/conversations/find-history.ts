import { hash } from "node:crypto";
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

/**
 * Finds the last turn of a branch whose messages and answers are those of a history. One database request, which carries digests
 * instead of the texts and reads each turn once, so that its time grows with the history and no faster.
 */
export const createFindHistory =
  (database: Database): FindHistory =>
  async ({ owner, conversationIds, turns }) => {
    const [row] = await database.query({
      text: `
        with recursive branch as (
          select id, conversation_id, created_at, 1 as depth
          from turns
          where conversation_id = any($2::uuid[]) and owner = $1 and parent is null and finished_at is not null
            and ${isTold("0")}
          union all
          select answer.*, depth + 1
          from branch cross join lateral (
            select id, conversation_id, created_at from turns
            where parent = branch.id and finished_at is not null and ${isTold("depth")}
            offset 0                                     -- found by its parent, never among all turns
          ) answer
        )
        select id, conversation_id from branch where depth = $4 order by created_at desc limit 1`,
      params: [owner, conversationIds, JSON.stringify(turns.map(digestOf)), turns.length],
    });
    if (!row) return undefined;
    const { id, conversation_id } = v.parse(FoundRow, row);
    return { conversationId: conversation_id, turnId: id };
  };

/** Whether a row of `turns` is the turn at this index of the history. */
const isTold = (index: string): string => `
  ${sha256OfColumn("input")} = $3::jsonb -> ${index} ->> 'message'
  and $3::jsonb -> ${index} -> 'answers' ? ${sha256OfColumn("coalesce(result, '')")}`;

const sha256OfColumn = (column: string): string =>
  `encode(sha256(convert_to(${column}, 'UTF8')), 'hex')`;

const digestOf = ({ message, answers }: History["turns"][number]) => ({
  message: hash("sha256", message),
  answers: answers.map((answer) => hash("sha256", answer)),
});

const FoundRow = v.object({ id: v.string(), conversation_id: v.string() });

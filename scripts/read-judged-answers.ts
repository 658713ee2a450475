import pg from "pg";
import { rfc3339 } from "#lib/platform/rfc3339.ts";

/** An answer that a person judged. The texts are there only on request. */
export interface JudgedAnswer {
  turn_id: string;
  value: "up" | "down";
  model: string | null;
  /** RFC 3339. */
  answered_at: string;
  /** What the person wrote, as in a case of `cases.json`: the messages of the answer's branch, oldest first. */
  messages?: string[];
  answer?: string;
  reason?: string;
}

/** More of a long conversation says little about one answer. */
const mostMessages = 20;

/** Returns the judged answers of all owners, oldest first. No line names an owner. */
export async function readJudgedAnswers(
  url: string,
  { withTexts }: { withTexts: boolean },
): Promise<JudgedAnswer[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ judged: JudgedAnswer }>(
      `select json_strip_nulls(json_build_object(
         'turn_id', judged.id,
         'value', judged.feedback ->> 'value',
         'model', judged.model,
         'answered_at', ${rfc3339("judged.finished_at")},
         'messages', case when $1 then (
           with recursive branch as (
             select id, parent, input, 1 as depth from turns where id = judged.id
             union all
             select turns.id, turns.parent, turns.input, depth + 1
             from branch join turns on turns.id = branch.parent
             where depth < $2
           )
           select json_agg(input order by depth desc) from branch) end,
         'answer', case when $1 then judged.result end,
         'reason', case when $1 then judged.feedback ->> 'reason' end)) as judged
       from turns judged where judged.feedback is not null
       order by judged.finished_at, judged.id`,
      [withTexts, mostMessages],
    );
    return rows.map(({ judged }) => judged);
  } finally {
    await client.end();
  }
}

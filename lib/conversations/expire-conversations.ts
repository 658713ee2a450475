import type { Database } from "#lib/platform/postgres.ts";
import { threadTables } from "#lib/thread/thread-tables.ts";
import { leaseIsFree } from "./lease-sql.ts";

/**
 * Removes conversations that had no message and no answer for so many days, with their turns and threads: the oldest
 * first, at most `limit`, in one database request. Answers how many.
 *
 * Whoever writes to a conversation or its thread holds the conversation's row meanwhile and moves `updated_at`:
 *
 *     writer holds the row                      it is passed over, nobody waits
 *     writer committed since this began         its row is read again: not idle any more
 *     writer comes while this runs              waits, and then finds no conversation
 *
 * So a single statement is enough here, though it sees the other tables as they were when it began.
 */
export async function expireConversations(
  database: Database,
  { idleDays, limit }: { idleDays: number; limit: number },
): Promise<number> {
  const deleteThreads = threadTables.map(
    (table) => `
      no_${table} as (delete from ${table} where thread_id in (select id::text from idle))`,
  );
  const rows = await database.query({
    text: `
      with idle as (
        select id from conversations
        where updated_at < now() - make_interval(days => $1)
          and ${leaseIsFree}
        order by updated_at limit $2
        for update skip locked
      ), ${deleteThreads.join(",")}
      delete from conversations where id in (select id from idle) returning id`,
    params: [idleDays, limit],
  });
  return rows.length;
}

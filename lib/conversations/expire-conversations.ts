import type { Database } from "#lib/platform/postgres.ts";
import type { DeleteThreads } from "./delete-conversation.ts";

/**
 * Deletes conversations without a message or an answer for `idleDays` days, with their turns and threads: the oldest first,
 * at most `limit`, in one database request. A conversation in which a person may still decide about a tool call stays.
 * Returns how many conversations it deleted.
 *
 * Every writer locks the conversation's row and sets `updated_at`. That settles the race with a writer:
 *
 *     the writer holds the lock         the conversation is skipped; the next run finds it again
 *     the writer has just committed     PostgreSQL reads the row again: the conversation is no longer idle
 *     the writer comes later            the writer waits for the lock and then finds no conversation
 *
 * So one statement is enough, although it sees the other tables as they were when it began.
 */
export async function expireConversations(
  { database, deleteThreads }: { database: Database; deleteThreads: DeleteThreads },
  { idleDays, limit }: { idleDays: number; limit: number },
): Promise<number> {
  const threads = deleteThreads("select id::text from idle").map(
    (text, index) => `thread_table_${index} as (${text})`,
  );
  const rows = await database.query({
    text: `
      with recursive ${idleConversations}, ${threads.join(", ")}
      delete from conversations where id in (select id from idle) returning id`,
    params: [idleDays, limit],
  });
  return rows.length;
}

/**
 * Locks the idle conversations, as CTEs of a recursive query. They jump from owner to owner in the index of the owners' lists,
 * so each turn writes one entry of an index less than with an index of its own for the daily run.
 */
export const idleConversations = `
  owners as (
    (select owner from conversations order by owner limit 1)
    union all
    select following.owner from owners cross join lateral
      (select owner from conversations where owner > owners.owner order by owner limit 1) following
  ), idle as (
    select id from owners join conversations using (owner)
    where updated_at < now() - make_interval(days => $1) and lease_is_free(conversations)
      and not exists (
        select from approvals
        where conversation_id = conversations.id and state = 'open' and expires_at > now())
    order by updated_at limit $2
    for update of conversations skip locked
  )`;

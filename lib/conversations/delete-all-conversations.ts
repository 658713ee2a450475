import * as v from "valibot";
import type { Database } from "#lib/platform/postgres.ts";
import type { DeleteThreads } from "./delete-conversation.ts";

/** Few enough to be deleted well within the 4 s of a request, with all their turns. */
const batchSize = 20;

/**
 * Deletes an owner's conversations with their turns, threads and shares, one batch after another. Returns whether all are
 * deleted: false when its time ended first. The locks settle the races with runners, as in `deleteConversation`. A message whose
 * session was checked before is either deleted here, or refused within the next minute.
 */
export async function deleteAllConversations(
  { database, deleteThreads }: { database: Database; deleteThreads: DeleteThreads },
  owner: string,
  hasTime: () => boolean,
): Promise<boolean> {
  while (hasTime()) {
    const rows = await database.query({
      text: "select id from conversations where owner = $1 limit $2",
      params: [owner, batchSize],
    });
    if (rows.length === 0) {
      if (await isEmptyForGood(database, owner)) return true;
      continue;
    }
    // The ids, and not the query again: it could find a conversation that the first statement has not locked.
    const params = [rows.map(({ id }) => v.parse(v.string(), id)), owner];
    const chosen = "from conversations where id = any($1::uuid[]) and owner = $2";
    await database.transaction([
      // Always in the same order, so that two deletions never wait for each other.
      { text: `select id ${chosen} order by id for update`, params },
      ...deleteThreads(`select id::text ${chosen}`).map((text) => ({ text, params })),
      { text: `delete ${chosen}`, params },
    ]);
  }
  return false;
}

async function isEmptyForGood(database: Database, owner: string): Promise<boolean> {
  const [row] = await database.query({
    text: "select mark_deleted_owner($1) as is_empty",
    params: [owner],
  });
  return row?.is_empty === true;
}

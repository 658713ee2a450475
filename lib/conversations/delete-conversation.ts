import type { Database } from "#lib/platform/postgres.ts";
import { lockConversation } from "./lock-conversation.ts";

/**
 * Returns SQL statements that delete the threads whose ids a subquery selects. lib/thread has the implementation;
 * lib/conversations does not know LangGraph's tables.
 */
export type DeleteThreads = (threadIds: string) => string[];

/**
 * Deletes a conversation with its turns and its thread, in one database request. Returns false if the owner has no such
 * conversation.
 *
 * The lock settles the race with a runner that commits an answer. If the runner is first, its commit is deleted too. If the
 * deletion is first, the runner finds no conversation, and its commit is refused.
 */
export async function deleteConversation(
  { database, deleteThreads }: { database: Database; deleteThreads: DeleteThreads },
  { owner, id }: { owner: string; id: string },
): Promise<boolean> {
  const params = [id, owner];
  const threadId = "select id::text from conversations where id = $1 and owner = $2";
  const results = await database.transaction([
    lockConversation(id, owner),
    ...deleteThreads(threadId).map((text) => ({ text, params })),
    { text: "delete from conversations where id = $1 and owner = $2 returning id", params },
  ]);
  return results.at(-1)?.length === 1;
}

/** LangGraph's tables. A thread's id is the id of its conversation. */
export const threadTables = ["checkpoints", "checkpoint_blobs", "checkpoint_writes"];

/**
 * Returns SQL statements that delete threads, one statement for each table. `threadIds` is a subquery that selects the ids
 * as text. No foreign key ties a thread to its conversation, so the caller that deletes a conversation must send these statements in
 * the same transaction.
 */
export function deleteThreads(threadIds: string): string[] {
  return threadTables.map((table) => `delete from ${table} where thread_id in (${threadIds})`);
}

/** LangGraph's tables; its thread id is the conversation's id. No foreign key leads there: who deletes the one deletes the other. */
export const threadTables = ["checkpoints", "checkpoint_blobs", "checkpoint_writes"];

import type { ConversationPage, ConversationWithTurns } from "#lib/contract/conversation.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { type DeleteThreads, deleteConversation } from "./delete-conversation.ts";
import { type GetInput, getConversation } from "./get-conversation.ts";
import { type ListInput, listConversations } from "./list-conversations.ts";
import { type Update, type UpdateInput, updateConversation } from "./update-conversation.ts";

/**
 * The conversations of all owners. Each call is one database request. Each call treats another owner's conversation like a
 * conversation that does not exist.
 */
export interface ConversationStore {
  /** Returns a page, newest first, or undefined if the cursor is invalid. */
  list(input: ListInput): Promise<ConversationPage | undefined>;
  /** Returns a conversation with a page of its shown branch, oldest turn first. */
  get(input: GetInput): Promise<ConversationWithTurns | undefined>;
  /** Changes what the input names: all of it or nothing. */
  update(input: UpdateInput): Promise<Update>;
  /** Deletes turns and thread too, even while a turn runs. Returns false if there was no such conversation. */
  delete(input: { owner: string; id: string }): Promise<boolean>;
}

interface ConversationStoreOptions {
  database: Database;
  deleteThreads: DeleteThreads;
  /** What one owner's conversations may take in the database. */
  maxStoredBytes: number;
}

export function createConversationStore(options: ConversationStoreOptions): ConversationStore {
  const { database, maxStoredBytes } = options;
  return {
    list: (input) => listConversations(database, input),
    get: (input) => getConversation(database, input),
    update: (input) => updateConversation(database, input, maxStoredBytes),
    delete: (input) => deleteConversation(options, input),
  };
}

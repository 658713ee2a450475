import type {
  Conversation,
  ConversationPage,
  ConversationWithTurns,
} from "#lib/contract/conversation.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { conversationColumns, readConversation } from "./conversation-row.ts";
import { type DeleteThreads, deleteConversation } from "./delete-conversation.ts";
import { type GetInput, getConversation } from "./get-conversation.ts";
import { type ListInput, listConversations } from "./list-conversations.ts";

/**
 * The conversations of all owners. Each call is one database request. Each call treats another owner's conversation like a
 * conversation that does not exist.
 */
export interface ConversationStore {
  /** Returns a page, newest first, or undefined if the cursor is invalid. */
  list(input: ListInput): Promise<ConversationPage | undefined>;
  /** Returns a conversation with a page of its turns, oldest first. */
  get(input: GetInput): Promise<ConversationWithTurns | undefined>;
  rename(input: RenameInput): Promise<Conversation | undefined>;
  /** Deletes turns and thread too, even while a turn runs. Returns false if there was no such conversation. */
  delete(input: { owner: string; id: string }): Promise<boolean>;
}

interface RenameInput {
  owner: string;
  id: string;
  title: string;
}

interface ConversationStoreOptions {
  database: Database;
  deleteThreads: DeleteThreads;
}

export function createConversationStore(options: ConversationStoreOptions): ConversationStore {
  const { database } = options;
  return {
    list: (input) => listConversations(database, input),
    get: (input) => getConversation(database, input),
    rename: (input) => renameConversation(database, input),
    delete: (input) => deleteConversation(options, input),
  };
}

/** `updated_at` stays, so the conversation keeps its position in the list. */
async function renameConversation(
  database: Database,
  { owner, id, title }: RenameInput,
): Promise<Conversation | undefined> {
  const [row] = await database.query({
    text: `
      update conversations set title = $3, titled_by = null
      where id = $1 and owner = $2 returning ${conversationColumns}`,
    params: [id, owner, title],
  });
  return row && readConversation(row);
}

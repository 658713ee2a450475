import type { Statement } from "#lib/platform/postgres.ts";

/**
 * First statement of every transaction that changes a conversation or its turns. Such transactions run one after the other.
 * The lock must be a separate statement, so that later statements see what the previous lock holder committed.
 * Returns no row if the owner has no such conversation.
 */
export function lockConversation(conversationId: string, owner: string): Statement {
  return {
    text: "select id from conversations where id = $1 and owner = $2 for update",
    params: [conversationId, owner],
  };
}

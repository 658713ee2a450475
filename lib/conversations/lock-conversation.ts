import type { Statement } from "#lib/platform/postgres.ts";

/**
 * First statement of every transaction that changes a conversation's turns. One of its own: those after it
 * see what whoever held the lock has committed. Answers no row to a stranger.
 */
export function lockConversation(conversationId: string, owner: string): Statement {
  return {
    text: "select id from conversations where id = $1 and owner = $2 for update",
    params: [conversationId, owner],
  };
}

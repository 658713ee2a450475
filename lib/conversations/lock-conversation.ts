import type { Statement } from "#lib/platform/postgres.ts";

/** First statement of every transaction that changes a conversation or its turns; migration 0011 says why. */
export function lockConversation(conversationId: string, owner: string): Statement {
  return {
    text: "select (lock_conversation($1, $2)).id",
    params: [conversationId, owner],
  };
}

import type { Usage } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { lockConversation } from "./lock-conversation.ts";
import { type AttemptCost, settleSummary } from "./turn-money.ts";

export interface NewSummary {
  owner: string;
  conversationId: string;
  /** The turn after which the summary was written; its row stores what the summary cost. */
  turnId: string;
  text: string;
  /** The newest turn that the summary covers. */
  untilTurn: string;
  /** Tokens and price of the model call that wrote the summary. */
  usage: Usage;
  /** What the call has cost. */
  cost: AttemptCost;
}

/**
 * Stores a summary of a conversation's oldest turns, and what the summary cost, in one database request.
 *
 * A stored thread may begin after the summary before. If the new summary covers another branch, the thread is rebuilt.
 *
 * No lease and no fence are needed. If two runners store summaries, the one that covers more turns of the shown branch stays, in
 * whichever order they arrive. If a message was changed meanwhile, or the conversation was deleted, nothing is stored.
 */
export async function storeSummary(database: Database, input: NewSummary): Promise<void> {
  const { owner, conversationId, turnId, text, untilTurn, usage, cost } = input;
  await database.transaction([
    lockConversation(conversationId, owner),
    {
      text: `
        update conversations set summary = $3, summary_until = $4,
          thread_is_stale = summary_until is not null and not turn_follows($4, summary_until)
        where id = $1 and owner = $2 and not thread_is_stale
          and exists (select from turns where id = $4 and conversation_id = $1)
          and not (
            summary_until is not null and turn_follows(head, summary_until) and not (
              turn_follows(head, $4)
              and (select seq from turns where id = $4) > (select seq from turns where id = summary_until)))`,
      params: [conversationId, owner, storableText(text), untilTurn],
    },
    {
      text: `
        update turns set summary_usage = $4
        where id = $3 and conversation_id = $1 and owner = $2`,
      params: [conversationId, owner, turnId, JSON.stringify(usage)],
    },
    settleSummary(turnId, cost),
  ]);
}

import type { Usage } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { lockConversation } from "./lock-conversation.ts";
import { storableText } from "./storable-text.ts";
import { summaryIsTrue } from "./summary-is-true.ts";

export interface NewSummary {
  owner: string;
  conversationId: string;
  /** The turn after which the oldest ones were summarised. */
  turnId: string;
  text: string;
  /** The newest turn that the summary tells of. */
  untilTurn: string;
  /** Of the call that wrote it. */
  usage: Usage;
}

/**
 * Stores a summary of a conversation's oldest turns, and what it cost, in one database request. It needs neither lease nor
 * fence: nothing else writes these columns, and of two summaries the one that reaches further stays, in whatever order
 * they come. A conversation that was deleted meanwhile stays deleted.
 */
export async function storeSummary(database: Database, input: NewSummary): Promise<void> {
  const { owner, conversationId, turnId, text, untilTurn, usage } = input;
  await database.transaction([
    lockConversation(conversationId, owner),
    {
      text: `
        update conversations set summary = $3, summary_until = $4
        where id = $1 and owner = $2
          and (select seq from turns where id = $4 and conversation_id = $1)
            > case when ${summaryIsTrue} then (select seq from turns where id = summary_until) else 0 end`,
      params: [conversationId, owner, storableText(text), untilTurn],
    },
    {
      text: `
        update turns set summary_usage = $4
        where id = $3 and conversation_id = $1 and owner = $2`,
      params: [conversationId, owner, turnId, JSON.stringify(usage)],
    },
  ]);
}

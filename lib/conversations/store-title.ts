import type { Usage } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { lockConversation } from "./lock-conversation.ts";
import { type AttemptCost, settleTitle } from "./turn-money.ts";

export interface NewTitle {
  owner: string;
  conversationId: string;
  /** The turn after which the title was written; its row stores what the title cost. */
  turnId: string;
  /** Null if the model wrote none: then only its price is stored. */
  title: string | null;
  /** Tokens and price of the model call. */
  usage: Usage;
  /** What the call has cost. */
  cost: AttemptCost;
}

/**
 * Stores the title that the model wrote, and what it cost, in one database request. Returns whether the conversation has
 * this title now.
 *
 * A person's title wins, also one that was stored while the model wrote: a rename sets `titled_by` to null. `updated_at`
 * stays, so the conversation keeps its position in the list.
 */
export async function storeTitle(database: Database, input: NewTitle): Promise<boolean> {
  const { owner, conversationId, turnId, title, usage, cost } = input;
  const [, renamed = []] = await database.transaction([
    lockConversation(conversationId, owner),
    {
      text: `
        update conversations set title = $4::text, titled_by = null
        where id = $1 and owner = $2 and named_after = $3 and titled_by is not null and $4::text is not null
        returning id`,
      params: [conversationId, owner, turnId, title],
    },
    {
      text: `
        update turns set title_usage = $4
        where id = $3 and conversation_id = $1 and owner = $2`,
      params: [conversationId, owner, turnId, JSON.stringify(usage)],
    },
    settleTitle(turnId, cost),
  ]);
  return renamed.length > 0;
}

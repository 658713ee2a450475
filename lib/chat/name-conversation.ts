import type { FirstExchange } from "#lib/agent/agent.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { readTitle } from "./read-title.ts";
import {
  type ReservedTurn,
  type WriteBesideTurnDependencies,
  writeBesideTurn,
} from "./write-beside-turn.ts";

export interface NameConversationDependencies extends WriteBesideTurnDependencies {
  turns: Pick<TurnStore, "storeTitle" | "settleTitle">;
}

/** A conversation that has its first answer, and still the beginning of its first message as its title. */
export interface UnnamedConversation extends ReservedTurn {
  first: FirstExchange;
}

/** A title that comes later is of no use to the person who waits for it. */
const maxMs = 20_000;

/**
 * Lets the model name a conversation after its first answer, and stores the title. Returns the title if it is stored now. Never
 * throws: without a title the conversation keeps the beginning of its first message.
 */
export async function nameConversation(
  dependencies: NameConversationDependencies,
  { first, ...turn }: UnnamedConversation,
): Promise<string | undefined> {
  const { turns } = dependencies;
  const { owner, conversationId, turnId } = turn;
  const named = await writeBesideTurn(dependencies, turn, {
    maxMs,
    call: (agent, parts) => agent.writeTitle(first, parts),
    async store({ text }, paid) {
      const title = readTitle(text) ?? null;
      const isStored = await turns.storeTitle({ owner, conversationId, turnId, title, ...paid });
      return { title, isStored };
    },
    settle: turns.settleTitle,
    describe: ({ isStored }) => ({ is_stored: isStored }),
    succeeded: "conversation.named",
    failed: "conversation.not_named",
    measureFailure() {
      dependencies.telemetry.measure("TitlesFailed", 1);
    },
  });
  return named?.isStored ? (named.title ?? undefined) : undefined;
}

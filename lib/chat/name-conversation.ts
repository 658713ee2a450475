import type { Agent, FirstExchange } from "#lib/agent/agent.ts";
import { createPurse } from "#lib/budget/purse.ts";
import { type Usage, unknownUsage } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { readTitle } from "./read-title.ts";
import { addUsage, measureUsage } from "./turn-usage.ts";

export interface NameConversationDependencies {
  loadAgent: () => Promise<Agent>;
  turns: Pick<TurnStore, "storeTitle" | "settleTitle">;
  telemetry: Telemetry;
  time: InvocationTime;
}

/** A conversation that has its first answer, and still the beginning of its first message as its title. */
export interface UnnamedConversation {
  owner: string;
  conversationId: string;
  /** The turn that stores the title's usage. */
  turnId: string;
  first: FirstExchange;
  /** What the title may cost, in whole microdollars. */
  reserved: number;
}

/** A title that comes later is of no use to the person who waits for it. */
const maxMs = 20_000;

/**
 * Lets the model name a conversation after its first answer, and stores the title. The turn has ended, and its lease is free.
 * Returns the title if it is stored now. Never throws and never tries again: without a title the conversation keeps the
 * beginning of its first message.
 */
export async function nameConversation(
  { loadAgent, turns, telemetry, time }: NameConversationDependencies,
  { owner, conversationId, turnId, first, reserved }: UnnamedConversation,
): Promise<string | undefined> {
  const ids = { conversation_id: conversationId, turn_id: turnId };
  const startedAt = performance.now();
  const purse = createPurse({ reserved, callWorst: reserved, store: async () => {} });
  const costOf = (usage: Usage | null) => ({
    spent: purse.state.spent,
    isEstimated: purse.isEstimated,
    usage,
  });
  try {
    const agent = await loadAgent();
    const signal = AbortSignal.timeout(Math.max(0, Math.min(maxMs, time.summaryMs())));
    const { text, model, costs } = await agent.writeTitle(first, { signal, purse });
    const title = readTitle(text) ?? null;
    const usage = costs.reduce<Usage | null>(addUsage, null) ?? unknownUsage;
    const named = { owner, conversationId, turnId, title, usage, cost: costOf(usage) };
    const isStored = await turns.storeTitle(named);
    telemetry.info("conversation.named", {
      ...ids,
      duration_ms: Math.round(performance.now() - startedAt),
      model_id: model,
      is_stored: isStored,
    });
    measureUsage(telemetry, usage, model);
    return isStored && title !== null ? title : undefined;
  } catch (error) {
    telemetry.error("conversation.not_named", error, ids);
    telemetry.measure("TitlesFailed", 1);
    // If this fails too, the reservation is settled as an estimate when another turn needs the money.
    await turns.settleTitle(turnId, costOf(null)).catch(() => {});
    return undefined;
  }
}

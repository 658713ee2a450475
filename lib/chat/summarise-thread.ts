import type { Agent, OldestTurns } from "#lib/agent/agent.ts";
import { createPurse } from "#lib/budget/purse.ts";
import { type Usage, unknownUsage } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { addUsage, measureUsage } from "./turn-usage.ts";

export interface SummariseThreadDependencies {
  loadAgent: () => Promise<Agent>;
  turns: Pick<TurnStore, "storeSummary" | "settleSummary">;
  telemetry: Telemetry;
  time: InvocationTime;
}

/** A thread that had no more room when its turn ended. */
export interface FullThread {
  owner: string;
  conversationId: string;
  /** The turn that stores the summary's usage. */
  turnId: string;
  /** The part of the thread that the summary will replace. */
  oldest: OldestTurns;
  /** What the summary may cost, in whole microdollars. */
  reserved: number;
}

/**
 * Lets the model summarise a thread's oldest turns, and stores the summary for later turns. Nobody waits for it: the
 * turn has ended, and its lease is free. Never throws: without a summary the next turn leaves the oldest turns out of
 * the history, and a later turn tries again.
 */
export async function summariseThread(
  { loadAgent, turns, telemetry, time }: SummariseThreadDependencies,
  { owner, conversationId, turnId, oldest, reserved }: FullThread,
): Promise<void> {
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
    const signal = AbortSignal.timeout(Math.max(0, time.summaryMs()));
    const { summary, model, costs } = await agent.summarise(oldest, { signal, purse });
    const usage = costs.reduce<Usage | null>(addUsage, null) ?? unknownUsage;
    const cost = costOf(usage);
    await turns.storeSummary({ owner, conversationId, turnId, ...summary, usage, cost });
    telemetry.info("thread.summarised", {
      ...ids,
      duration_ms: Math.round(performance.now() - startedAt),
      model_id: model,
    });
    measureUsage(telemetry, usage, model);
  } catch (error) {
    telemetry.error("thread.not_summarised", error, ids);
    telemetry.measure("SummariesFailed", 1);
    // If this fails too, the reservation is settled as an estimate when another turn needs the money.
    await turns.settleSummary(turnId, costOf(null)).catch(() => {});
  }
}

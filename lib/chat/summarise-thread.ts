import type { Agent, OldestTurns } from "#lib/agent/agent.ts";
import { type Usage, unknownUsage } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { measureUsage } from "./measure-usage.ts";
import { addUsage } from "./turn-progress.ts";

export interface SummariseThreadParts {
  loadAgent: () => Promise<Agent>;
  turns: Pick<TurnStore, "storeSummary">;
  telemetry: Telemetry;
  /** Time that is left for the summary. */
  summaryMs: () => number;
}

/** A thread that was full when its turn was stored. */
export interface FullThread {
  owner: string;
  conversationId: string;
  turnId: string;
  oldest: OldestTurns;
}

/**
 * Has the oldest turns of a thread summarised. Nobody waits for it: the turn is stored and told, and the lease is free.
 * Whatever fails here costs only the summary: a later turn tries again, and until then the oldest turns are cut.
 */
export async function summariseThread(
  { loadAgent, turns, telemetry, summaryMs }: SummariseThreadParts,
  { owner, conversationId, turnId, oldest }: FullThread,
): Promise<void> {
  const ids = { conversation_id: conversationId, turn_id: turnId };
  const startedAt = performance.now();
  try {
    const agent = await loadAgent();
    const signal = AbortSignal.timeout(Math.max(0, summaryMs()));
    const { summary, model, costs } = await agent.summarise(oldest, signal);
    const usage = costs.reduce<Usage | null>(addUsage, null) ?? unknownUsage;
    await turns.storeSummary({ owner, conversationId, turnId, ...summary, usage });
    telemetry.info("thread.summarised", {
      ...ids,
      duration_ms: Math.round(performance.now() - startedAt),
      model_id: model,
    });
    measureUsage(telemetry, usage, model);
  } catch (error) {
    telemetry.error("thread.not_summarised", error, ids);
    telemetry.measure("SummariesFailed", 1);
  }
}

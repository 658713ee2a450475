import type { OldestTurns } from "#lib/agent/agent.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import {
  type ReservedTurn,
  type WriteBesideTurnDependencies,
  writeBesideTurn,
} from "./write-beside-turn.ts";

export interface SummariseThreadDependencies extends WriteBesideTurnDependencies {
  turns: Pick<TurnStore, "storeSummary" | "settleSummary">;
}

/** A thread that had no more room when its turn ended. */
export interface FullThread extends ReservedTurn {
  /** The part of the thread that the summary will replace. */
  oldest: OldestTurns;
}

/**
 * Lets the model summarise a thread's oldest turns, and stores the summary for later turns. Never throws: without a summary the
 * next turn leaves the oldest turns out of the history, and a later turn tries again.
 */
export async function summariseThread(
  dependencies: SummariseThreadDependencies,
  { oldest, ...turn }: FullThread,
): Promise<void> {
  const { turns } = dependencies;
  const { owner, conversationId, turnId } = turn;
  await writeBesideTurn(dependencies, turn, {
    call: (agent, parts) => agent.summarise(oldest, parts),
    store: ({ summary }, paid) =>
      turns.storeSummary({ owner, conversationId, turnId, ...summary, ...paid }),
    settle: turns.settleSummary,
    succeeded: "thread.summarised",
    failed: "thread.not_summarised",
    measureFailure() {
      dependencies.telemetry.measure("SummariesFailed", 1);
    },
  });
}

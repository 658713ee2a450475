import type { Agent } from "#lib/agent/agent.ts";
import type { CallCost } from "#lib/agent/agent-event.ts";
import { createPurse, type Purse } from "#lib/budget/purse.ts";
import { type Usage, unknownUsage } from "#lib/contract/chat.ts";
import type { AttemptCost } from "#lib/conversations/turn-money.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { addUsage, measureUsage } from "./turn-usage.ts";

export interface WriteBesideTurnDependencies {
  loadAgent: () => Promise<Agent>;
  telemetry: Telemetry;
  time: InvocationTime;
}

/** A turn that has ended, with the money for a model call beside it. Its lease is free, and nobody waits for the call. */
export interface ReservedTurn {
  owner: string;
  conversationId: string;
  /** The turn that stores the usage of the call. */
  turnId: string;
  /** What the call may cost, in whole microdollars. */
  reserved: number;
}

/** What a call beside a turn has used and cost. Its result is stored in the same transaction. */
export interface PaidCall {
  usage: Usage;
  cost: AttemptCost;
}

interface WriteBesideTurn<Written, Stored> {
  maxMs?: number;
  call: (agent: Agent, parts: { signal: AbortSignal; purse: Purse }) => Promise<Written>;
  store: (written: Written, paid: PaidCall) => Promise<Stored>;
  /** Settles the reservation after a failure, when there is nothing to store. */
  settle: (turnId: string, cost: AttemptCost) => Promise<void>;
  /** Returns the fields of the event `succeeded`, beside the ids, the duration and the model. */
  describe?: (stored: Stored) => Record<string, unknown>;
  /** Names of log events. */
  succeeded: string;
  failed: string;
  measureFailure: () => void;
}

/**
 * Lets the model write something beside a turn, stores it, and books the price with the turn. Returns what `store` returns. Never
 * throws and never tries again: returns undefined after a failure.
 */
export async function writeBesideTurn<
  Written extends { model: string; costs: readonly CallCost[] },
  Stored,
>(
  { loadAgent, telemetry, time }: WriteBesideTurnDependencies,
  { conversationId, turnId, reserved }: ReservedTurn,
  kind: WriteBesideTurn<Written, Stored>,
): Promise<Stored | undefined> {
  const ids = { conversation_id: conversationId, turn_id: turnId };
  const startedAt = performance.now();
  const purse = createPurse({ reserved, callWorst: reserved, store: async () => {} });
  const costOf = (usage: Usage | null): AttemptCost => ({
    spent: purse.state.spent,
    isEstimated: purse.isEstimated,
    usage,
  });
  try {
    const agent = await loadAgent();
    const mostMs = Math.min(kind.maxMs ?? Number.POSITIVE_INFINITY, time.summaryMs());
    const signal = AbortSignal.timeout(Math.max(0, mostMs));
    const written = await kind.call(agent, { signal, purse });
    const { model, costs } = written;
    const usage = costs.reduce<Usage | null>(addUsage, null) ?? unknownUsage;
    const stored = await kind.store(written, { usage, cost: costOf(usage) });
    telemetry.info(kind.succeeded, {
      ...ids,
      duration_ms: Math.round(performance.now() - startedAt),
      model_id: model,
      ...kind.describe?.(stored),
    });
    measureUsage(telemetry, usage, model);
    return stored;
  } catch (error) {
    telemetry.error(kind.failed, error, ids);
    kind.measureFailure();
    // If this fails too, the reservation is settled as an estimate when another turn needs the money.
    await kind.settle(turnId, costOf(null)).catch(() => {});
    return undefined;
  }
}

import type { BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { AgentEvent, Pause } from "#lib/agent/agent-event.ts";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import { toUsd } from "#lib/budget/price.ts";
import type { Purse } from "#lib/budget/purse.ts";
import type { Gate } from "#lib/tools/gate/gate.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import { currentTurn } from "./current-turn.ts";
import { planOpenCalls, toolMessages } from "./open-calls.ts";

/** What a step with tools returns: one result for each open call, or a pause that leaves all of them open. */
export type ToolStepEnd = { results: ToolMessage[] } | { pause: Pause };

export interface ToolStepParts {
  gate: Gate;
  owner: string;
  conversationId: string;
  /** Aborts when the turn must end. */
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
  /** Pays for the calls of paid tools. */
  purse: Purse;
  /** Covers the turns before the thread. */
  summary: ThreadSummary | undefined;
}

/**
 * Runs the calls of the last answer in parallel, if none of them has an effect. Otherwise runs none and pauses: first the
 * thread must be stored, or a person must decide.
 */
export async function takeToolStep(
  parts: ToolStepParts,
  thread: BaseMessage[],
): Promise<ToolStepEnd> {
  const turn = currentTurn(thread);
  const calls = planOpenCalls(parts, turn, thread);
  const pause = pauseBefore(calls);
  if (pause) return { pause };
  const results = await Promise.all(calls.map((call) => runCall(parts, call)));
  return { results: toolMessages(turn, results) };
}

/** An answer with calls of both kinds waits for the person first. */
function pauseBefore(calls: PlannedCall[]): Pause | undefined {
  const asks = calls.filter(({ verdict }) => verdict === "ask");
  if (asks.length > 0) return { reason: "approval", calls: asks };
  const effects = calls.filter(({ verdict }) => verdict === "effect");
  return effects.length > 0 ? { reason: "effect", calls: effects } : undefined;
}

/** Runs a call through the gate. */
export function runCall(
  { gate, owner, conversationId, signal, emit, purse }: ToolStepParts,
  call: PlannedCall,
  receiptId?: string,
) {
  return gate.run(call, {
    ...{ owner, conversationId, signal, receiptId },
    onChange: (tool) => emit({ type: "tool", tool }),
    onSource: (source, passage) => emit({ type: "source", source, passage }),
    async pay(price) {
      await purse.spend(price);
      emit({ type: "tool_cost", costUsd: toUsd(price) });
    },
  });
}

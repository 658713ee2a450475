import type { BaseMessage } from "@langchain/core/messages";
import type { ActClaim, Acts } from "#lib/agent/acts.ts";
import { BudgetExhausted } from "#lib/budget/purse.ts";
import {
  deniedResult,
  expiredClientResult,
  expiredResult,
  type ToolResult,
  unknownResult,
} from "#lib/tools/gate/outcomes.ts";
import { tooMany } from "#lib/tools/gate/plan-call.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import { currentTurn } from "./current-turn.ts";
import { planOpenCalls, toolMessages } from "./open-calls.ts";
import { runCall, type ToolStepEnd, type ToolStepParts } from "./tool-step.ts";

export interface ActStepParts extends ToolStepParts {
  turnId: string;
  acts: Acts;
  /** The calls that a person was asked about. They need their decision, even if the policy allows them now. */
  asked: ReadonlySet<string>;
}

/**
 * Runs the calls that a paused turn has left open. Those that only read run in parallel. Then each call with an effect is
 * claimed, run and settled, one after the other. The step may run again after a crash: it repeats what only reads, and reuses
 * the results of effects.
 * @throws Error if the thread does not end with open calls of this turn
 */
export async function takeActStep(
  parts: ActStepParts,
  thread: BaseMessage[],
): Promise<ToolStepEnd> {
  const turn = currentTurn(thread);
  if (turn.id !== parts.turnId || turn.openCalls.length === 0) {
    throw new Error("The thread holds no open calls of the turn that continues.");
  }
  const calls = planOpenCalls(parts, turn, thread);
  const results = new Map<string, ToolResult>();
  const reads = calls.filter((call) => !mayHaveReceipt(call, parts));
  await Promise.all(reads.map(async (call) => results.set(call.id, await runCall(parts, call))));
  for (const call of calls.filter((call) => mayHaveReceipt(call, parts))) {
    const result = await actOnce(parts, call);
    if (result === "ask") {
      return { pause: { reason: "approval", calls: [{ ...call, verdict: "ask" }] } };
    }
    results.set(call.id, result);
  }
  const inOrder = calls.flatMap(({ id }) => results.get(id) ?? []);
  return { results: toolMessages(turn, inOrder) };
}

/** A refused call may have run before, if the deployment has changed since. */
function mayHaveReceipt({ id, verdict, refusal }: PlannedCall, { asked }: ActStepParts): boolean {
  return verdict === "run" ? asked.has(id) : refusal !== tooMany;
}

/** Runs a call unless it has run before. Returns `ask` if a person must decide first. */
async function actOnce(parts: ActStepParts, call: PlannedCall): Promise<ToolResult | "ask"> {
  const { acts, signal, emit } = parts;
  signal.throwIfAborted();
  const claim = await acts.claim(call);
  // The turn may have ended meanwhile. Then the effect must not follow.
  signal.throwIfAborted();

  const known = resultOf(claim, call);
  if (known) {
    const { id, name, input } = call;
    const { state, stored } = known;
    // The claim has shown the call with its effect.
    emit({ type: "tool", tool: { id, name, input, state, output: stored } });
    return known;
  }
  if (claim.outcome !== "claimed") return call.verdict === "refused" ? runCall(parts, call) : "ask";
  const { receiptId } = claim;
  const result = await runCall(parts, call, receiptId).catch(async (error: unknown) => {
    // The call has not begun, so its effect is not unknown.
    if (error instanceof BudgetExhausted) await acts.settle(receiptId, unpaid);
    throw error;
  });
  // An unknown call keeps its receipt open, so that it is never run again.
  if (result.state !== "unknown") {
    await acts.settle(receiptId, { failed: result.state !== "done", output: result.output });
  }
  return result;
}

const unpaid = {
  failed: true,
  output: "Error: the call did not run, because this turn has not enough money left.",
};

/** Returns the result of a call that must not run, or undefined if the claim does not say so. */
function resultOf(claim: ActClaim, { client }: PlannedCall): ToolResult | undefined {
  switch (claim.outcome) {
    case "settled": {
      const { failed, output } = claim;
      return { state: failed ? "failed" : "done", output, stored: output, isOwnWords: false };
    }
    case "unknown":
      return unknownResult;
    case "denied":
      return deniedResult(claim.note);
    case "expired":
      return client ? expiredClientResult : expiredResult;
    case "claimed":
    case "ask":
      return undefined;
  }
}

import type { ActClaim, Acts } from "#lib/agent/acts.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";

interface Receipt {
  id: string;
  call: PlannedCall;
  result?: { failed: boolean; output: string };
}

type Decision = Extract<ActClaim, { outcome: "denied" | "expired" }> | { outcome: "approved" };

/** The receipts and decisions of one conversation in memory, for tests without a database. */
export function createMemoryActs() {
  const receipts = new Map<string, Receipt>();
  const decisions = new Map<string, Decision & { call: PlannedCall }>();
  const log: string[] = [];
  const receiptOf = (id: string) => [...receipts.values()].find((receipt) => receipt.id === id);

  const acts: Acts = {
    async claim(call) {
      log.push(`claim ${call.id}`);
      const earlier = receipts.get(call.id);
      if (earlier) {
        return earlier.result ? { outcome: "settled", ...earlier.result } : { outcome: "unknown" };
      }
      const decision = decisions.get(call.id);
      if (decision ? !isSame(decision.call, call) : call.verdict !== "effect") {
        return { outcome: "ask" };
      }
      if (decision && decision.outcome !== "approved") return decision;
      const hasHappened = [...receipts.values()].some(
        (receipt) => receipt.call.argumentsSha256 === call.argumentsSha256,
      );
      if (!decision && hasHappened) return { outcome: "ask" };
      const receiptId = `receipt ${receipts.size + 1}`;
      receipts.set(call.id, { id: receiptId, call });
      return { outcome: "claimed", receiptId };
    },
    async settle(receiptId, result) {
      log.push(`settle ${receiptId}`);
      const receipt = receiptOf(receiptId);
      if (receipt) receipt.result = result;
    },
  };
  return {
    ...acts,
    /** The calls of `claim` and `settle`, in order. */
    log,
    decide(calls: readonly PlannedCall[], ...chosen: Decision[]): void {
      for (const [index, call] of calls.entries()) {
        decisions.set(call.id, { ...(chosen[index] ?? { outcome: "approved" }), call });
      }
    },
  };
}

const isSame = (a: PlannedCall, b: PlannedCall): boolean =>
  a.argumentsSha256 === b.argumentsSha256 && a.definitionSha256 === b.definitionSha256;

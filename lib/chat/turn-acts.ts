import { randomUUID } from "node:crypto";
import type { Acts } from "#lib/agent/acts.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ClaimedTurn } from "./claim-with-thread.ts";
import { advance, type TurnProgress } from "./turn-progress.ts";

/** The effects of one turn: each is claimed in the database before it happens, and settled afterwards. */
export interface TurnActs extends Acts {
  /** The graph has paused before an effect. The next claim's transaction stores the thread, too. */
  storeThreadWithNextClaim(): void;
  /** The calls whose effect was claimed and not settled, so that nobody knows whether it has happened. */
  readonly unsettledCalls: ReadonlySet<string>;
}

interface TurnActsOptions extends Pick<ClaimedTurn, "lease" | "thread"> {
  progress: () => TurnProgress;
  telemetry: Telemetry;
}

export function createTurnActs({ lease, thread, progress, telemetry }: TurnActsOptions): TurnActs {
  /** By receipt. */
  const unsettled = new Map<string, string>();
  let threadIsDue = false;

  return {
    storeThreadWithNextClaim() {
      threadIsDue = true;
    },

    get unsettledCalls() {
      return new Set(unsettled.values());
    },

    async claim(call) {
      const receiptId = randomUUID();
      const writes = threadIsDue ? thread.writes() : undefined;
      const { id, name, input, effect } = call;
      // If the runner dies after the claim, the call must be among those that are shown as unknown.
      const running = { id, name, input, effect, state: "running" } as const;
      const shown = advance(progress(), { type: "tool", tool: running });
      const claimed = await lease.claimEffect(call, receiptId, shown, writes);
      if (writes) {
        thread.markStored();
        threadIsDue = false;
      }
      if (claimed.outcome === "claimed") {
        unsettled.set(receiptId, call.id);
        return { ...claimed, receiptId };
      }
      if (claimed.outcome === "expired") {
        telemetry.measure("ToolApprovals", 1, { decision: "expired" });
      }
      return claimed;
    },

    async settle(receiptId, result) {
      await lease.settleEffect(receiptId, result);
      unsettled.delete(receiptId);
    },
  };
}

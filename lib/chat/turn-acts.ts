import { randomUUID } from "node:crypto";
import type { Acts } from "#lib/agent/acts.ts";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ClaimedTurn } from "./claim-with-thread.ts";
import type { TurnProgress } from "./turn-progress.ts";

/** The effects of one turn: each is claimed in the database before it happens, and settled afterwards. */
export interface TurnActs extends Acts {
  /** The graph has paused before an effect. The next claim's transaction stores the thread, too. */
  storeThreadWithNextClaim(): void;
  /** The calls of which this runner does not know what they have done. Their effect was claimed, here or by an earlier runner. */
  readonly unsettledCalls: ReadonlySet<string>;
}

interface TurnActsOptions extends Pick<ClaimedTurn, "lease" | "thread"> {
  /** Adds an event to the turn's progress, and returns the progress. */
  show: (event: AgentEvent) => TurnProgress;
  telemetry: Telemetry;
}

export function createTurnActs({ lease, thread, show, telemetry }: TurnActsOptions): TurnActs {
  /** The calls that an earlier runner left, until their claim here says what has become of them. */
  const left = new Set(lease.turn.base.tools.filter(isRunningWrite).map(({ id }) => id));
  /** By receipt. */
  const unsettled = new Map<string, string>();
  let threadIsDue = false;

  return {
    storeThreadWithNextClaim() {
      threadIsDue = true;
    },

    get unsettledCalls() {
      return new Set([...left, ...unsettled.values()]);
    },

    async claim(call) {
      const receiptId = randomUUID();
      const writes = threadIsDue ? thread.writes() : undefined;
      const { id, name, input, verdict } = call;
      // A tool that is gone has no effect any more, but the person was shown the call with its effect.
      const effect = verdict === "refused" ? {} : { effect: call.effect };
      // If the runner dies after the claim, the call must be among those that are shown as unknown. The agent's own events
      // arrive later, and a heartbeat may come first.
      const running = { id, name, input, ...effect, state: "running" } as const;
      const shown = show({ type: "tool", tool: running });
      const claimed = await lease.claimEffect(call, receiptId, shown, writes);
      if (writes) {
        thread.markStored();
        threadIsDue = false;
      }
      left.delete(id);
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

const isRunningWrite = ({ effect, state }: ToolCall) => effect === "write" && state === "running";

import type { TurnLease } from "#lib/conversations/turn-lease.ts";
import type { Claim, ClaimInput, TurnStore } from "#lib/conversations/turn-store.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { TurnThread } from "#lib/thread/turn-thread.ts";

/** The right to run a turn, and the thread that the model sees of its conversation. */
export interface ClaimedTurn {
  lease: TurnLease;
  thread: TurnThread;
}

export type ThreadClaim =
  | Exclude<Claim, { outcome: "claimed" }>
  | ({ outcome: "claimed" } & ClaimedTurn);

export type ClaimWithThread = (input: Omit<ClaimInput, "readThread">) => Promise<ThreadClaim>;

/** Claims a turn and reads its thread in one database request. */
export function createClaimWithThread(
  database: Database,
  turns: Pick<TurnStore, "claim">,
): ClaimWithThread {
  return async (input) => {
    // LangGraph's saver is much code, and only a function that runs turns needs it.
    const { openThread, readThread } = await import("#lib/thread/turn-thread.ts");
    const { conversationId } = input;
    const claim = await turns.claim({ ...input, readThread: readThread(database, conversationId) });
    if (claim.outcome !== "claimed") return claim;
    const { lease, threadRows } = claim;
    return { outcome: "claimed", lease, thread: openThread(database, conversationId, threadRows) };
  };
}

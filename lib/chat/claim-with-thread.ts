import type { TurnLease } from "#lib/conversations/turn-lease.ts";
import type { Claim, ClaimInput, TurnStore } from "#lib/conversations/turn-store.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { TurnThread } from "#lib/thread/turn-thread.ts";

/** The right to run a turn, and the conversation's thread: the history that the model sees. */
export interface ClaimedTurn {
  lease: TurnLease;
  thread: TurnThread;
}

/** A claim's outcome. A successful claim carries the thread. */
export type ThreadClaim =
  | Exclude<Claim, { outcome: "claimed" }>
  | ({ outcome: "claimed" } & ClaimedTurn);

export type ClaimWithThread = (input: Omit<ClaimInput, "readThread">) => Promise<ThreadClaim>;

/** Returns a function that claims a turn and reads the conversation's thread in one database request. */
export function createClaimWithThread(
  database: Database,
  turns: Pick<TurnStore, "claim">,
): ClaimWithThread {
  return async (input) => {
    // Imported here because LangGraph's saver is large, and most functions of the API never claim.
    const { openThread, readThread } = await import("#lib/thread/turn-thread.ts");
    const { conversationId } = input;
    const claim = await turns.claim({ ...input, readThread: readThread(database, conversationId) });
    if (claim.outcome !== "claimed") return claim;
    const { lease, threadRows } = claim;
    return { outcome: "claimed", lease, thread: openThread(database, conversationId, threadRows) };
  };
}

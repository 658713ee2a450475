import type { Acceptance, NewTurn } from "#lib/conversations/accept-turn.ts";
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

export type AcceptWithThread = (
  input: NewTurn,
) => Promise<{ acceptance: Acceptance; claim: ThreadClaim | undefined }>;

/** The claims that read the conversation's thread too. Each call is one database request. */
export interface ThreadClaims {
  claim: ClaimWithThread;
  /**
   * Stores a message and claims its turn. The claim is undefined if the accept was refused or replayed, or if a budget
   * refused an older turn of the conversation: then an ordinary claim must follow.
   */
  acceptAndClaim: AcceptWithThread;
}

export function createThreadClaims(
  database: Database,
  turns: Pick<TurnStore, "claim" | "acceptAndClaim">,
): ThreadClaims {
  // Imported at the first claim because LangGraph's saver is large, and most functions of the API never claim.
  let thread: Promise<typeof import("#lib/thread/turn-thread.ts")> | undefined;
  function importThread() {
    // Node takes 50 µs for each `import` of a module that it has already loaded.
    thread ??= import("#lib/thread/turn-thread.ts");
    return thread;
  }

  async function withThread(claim: Claim, conversationId: string): Promise<ThreadClaim> {
    if (claim.outcome !== "claimed") return claim;
    const { openThread } = await importThread();
    const { lease, threadRows } = claim;
    return { outcome: "claimed", lease, thread: openThread(database, conversationId, threadRows) };
  }

  /** A refused claim has ended the oldest turn. Claims again until it has ended the turn that the caller waits for. */
  const claim: ClaimWithThread = async (input) => {
    const { readThread } = await importThread();
    const { conversationId } = input;
    for (;;) {
      const thread = readThread(database, conversationId);
      const claimed = await turns.claim({ ...input, readThread: thread });
      if (claimed.outcome !== "refused" || claimed.turn.finished_at !== null) {
        return withThread(claimed, conversationId);
      }
    }
  };

  return {
    claim,

    async acceptAndClaim(input) {
      const { readThread } = await importThread();
      const { acceptance, claim } = await turns.acceptAndClaim({
        ...input,
        readThread: (conversationId) => readThread(database, conversationId),
      });
      if (claim?.outcome === "refused" && claim.turn.finished_at === null) {
        return { acceptance, claim: undefined };
      }
      if (claim?.outcome !== "claimed") return { acceptance, claim };
      return { acceptance, claim: await withThread(claim, claim.lease.turn.conversationId) };
    },
  };
}

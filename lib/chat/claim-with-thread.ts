import type { Acceptance, NewTurn } from "#lib/conversations/accept-turn.ts";
import type { TurnLease } from "#lib/conversations/turn-lease.ts";
import type { Claim, ClaimInput, TurnStore } from "#lib/conversations/turn-store.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { ThreadRead, Threads, TurnThread } from "#lib/thread/turn-thread.ts";

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

/**
 * The claims that read the conversation's thread too. Each call is one database request, or two for a message that begins a branch
 * behind an open one.
 */
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
  let threads: Promise<Threads> | undefined;

  /** Imported at the first claim because LangGraph's saver is large, and most functions of the API never claim. */
  function loadThreads(): Promise<Threads> {
    threads ??= import("#lib/thread/turn-thread.ts").then((module) =>
      module.createThreads(database),
    );
    return threads;
  }

  /** A refused claim has ended the oldest turn. Claims again until it has ended the turn that the caller waits for. */
  const claim: ClaimWithThread = async (input) => {
    const { read } = await loadThreads();
    for (;;) {
      const thread = read(input.conversationId);
      const claimed = await turns.claim({ ...input, readThread: thread.statement });
      if (claimed.outcome !== "refused" || claimed.turn.finished_at !== null) {
        return withThread(claimed, thread);
      }
    }
  };

  return {
    claim,

    async acceptAndClaim(input) {
      const { read } = await loadThreads();
      let thread: ThreadRead | undefined;
      const { acceptance, claim } = await turns.acceptAndClaim({
        ...input,
        readThread(conversationId) {
          thread = read(conversationId);
          return thread.statement;
        },
      });
      if (claim?.outcome === "refused" && claim.turn.finished_at === null) {
        return { acceptance, claim: undefined };
      }
      if (claim?.outcome !== "claimed") return { acceptance, claim };
      // A turn that begins a branch continues no thread, and its claim reads none.
      thread ??= read(claim.lease.turn.conversationId);
      return { acceptance, claim: withThread(claim, thread) };
    },
  };
}

function withThread(claim: Claim, thread: ThreadRead): ThreadClaim {
  if (claim.outcome !== "claimed") return claim;
  const { lease, threadRows } = claim;
  return { outcome: "claimed", lease, thread: thread.open(threadRows) };
}

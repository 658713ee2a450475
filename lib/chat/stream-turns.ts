import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { ClaimWithThread, ThreadClaim } from "./claim-with-thread.ts";
import { type FollowTurnParts, followTurn } from "./follow-turn.ts";
import { type RunTurnParts, runTurn } from "./run-turn.ts";
import { type FullThread, type SummariseThreadParts, summariseThread } from "./summarise-thread.ts";
import { joinEvents, storedEndEvent } from "./turn-events.ts";

export type StreamTurnsParts = RunTurnParts &
  FollowTurnParts &
  SummariseThreadParts & { claim: ClaimWithThread };

export interface Asked {
  owner: string;
  conversationId: string;
  /** The turn whose end ends the stream; without it the stream ends with the queue. */
  turnId?: string | undefined;
}

/**
 * Runs the queued turns of a conversation in their order, or follows whoever is running them, until
 * the asked turn has been told. It begins with a claim that was made before the first byte. A turn that begins and
 * ends between two looks at somebody else's work is not told; the transcript has it.
 *
 * A full thread is summarised after all of that, and before the stream ends: Lambda freezes a function whose response has
 * ended. The client has every event by then, and the lease is free for the next message.
 */
export async function* streamTurns(
  parts: StreamTurnsParts,
  asked: Asked,
  firstClaim: ThreadClaim,
): AsyncGenerator<StreamEvent> {
  const fullThread = yield* tellTurns(parts, asked, firstClaim);
  if (fullThread) await summariseThread(parts, fullThread);
}

/** @returns the thread of the newest turn that was run here, if it is full */
async function* tellTurns(
  parts: StreamTurnsParts,
  asked: Asked,
  firstClaim: ThreadClaim,
): AsyncGenerator<StreamEvent, FullThread | undefined> {
  const { owner, conversationId } = asked;
  let fullThread: FullThread | undefined;
  let claim = firstClaim;
  let told: string | undefined;
  for (;;) {
    if (claim.outcome === "claimed") {
      const turnId = claim.lease.turn.id;
      const { hasEnded, oldest } = yield* runTurn(parts, claim);
      if (hasEnded) {
        told = turnId;
        fullThread = oldest && { owner, conversationId, turnId, oldest };
      }
    } else if (claim.outcome === "busy") {
      const { turn } = claim;
      if (yield* followTurn(parts, owner, turn)) told = turn.turn_id;
    } else if (claim.outcome === "idle") {
      const { turn } = claim;
      if (turn.turn_id === told) return fullThread;
      yield* joinEvents(turn);
      yield storedEndEvent(turn, parts.requestId);
      return fullThread;
    } else {
      // The conversation was deleted while we were at it.
      return undefined;
    }
    if (told !== undefined && told === asked.turnId) return fullThread;
    // Too late to begin another turn: the client reconnects, and a fresh invocation goes on.
    if (!parts.isTimeLeft()) return fullThread;
    claim = await parts.claim(asked);
  }
}

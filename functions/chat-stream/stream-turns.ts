import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { Claim } from "#lib/turn/turn-store.ts";
import { type FollowTurnParts, followTurn } from "./follow-turn.ts";
import { type RunTurnParts, runTurn } from "./run-turn.ts";
import { joinEvents, storedEndEvent } from "./turn-events.ts";

export type StreamTurnsParts = RunTurnParts & FollowTurnParts;

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
 */
export async function* streamTurns(
  parts: StreamTurnsParts,
  asked: Asked,
  firstClaim: Claim,
): AsyncGenerator<StreamEvent> {
  let claim = firstClaim;
  let told: string | undefined;
  for (;;) {
    if (claim.outcome === "claimed") {
      const { lease } = claim;
      if (yield* runTurn(parts, lease)) told = lease.turn.id;
    } else if (claim.outcome === "busy") {
      const { turn } = claim;
      if (yield* followTurn(parts, asked.owner, turn)) told = turn.turn_id;
    } else if (claim.outcome === "idle") {
      const { turn } = claim;
      if (turn.turn_id === told) return;
      yield* joinEvents(turn);
      yield storedEndEvent(turn, parts.requestId);
      return;
    } else {
      // The conversation was deleted while we were at it.
      return;
    }
    if (told !== undefined && told === asked.turnId) return;
    // Too late to begin another turn: the client reconnects, and a fresh invocation goes on.
    if (!parts.isTimeLeft()) return;
    claim = await parts.turns.claim(asked);
  }
}

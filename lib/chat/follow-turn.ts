import { setTimeout as delay } from "node:timers/promises";
import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { hasEnded } from "./has-ended.ts";
import type { InvocationTime } from "./invocation-time.ts";
import { type LinkApprovals, linkApprovals } from "./link-approvals.ts";
import { changeEvents, joinEvents, storedEndEvent, waitingEvent } from "./turn-events.ts";

export interface FollowTurnDependencies extends LinkApprovals {
  turns: Pick<TurnStore, "watch">;
  requestId: string;
  time: InvocationTime;
  /** 500 by default. Tests use less. */
  pollIntervalMs?: number;
}

/**
 * Streams a turn that another invocation runs. Polls the turn's row, so the events are at most one heartbeat plus one
 * poll old.
 * @returns `ended` or `waiting` after the last event of the turn's stream. `open` if the runner or the conversation is gone, or
 *   this invocation has too little time left to take the turn over.
 */
export async function* followTurn(
  dependencies: FollowTurnDependencies,
  owner: string,
  joined: TurnState,
): AsyncGenerator<StreamEvent, "ended" | "waiting" | "open"> {
  const { turns, requestId, time, pollIntervalMs = 500 } = dependencies;
  yield* joinEvents(joined);
  let shown = joined;
  while (time.hasTimeForTurn()) {
    await delay(pollIntervalMs);
    const watched = await turns.watch({
      owner,
      conversationId: joined.conversation_id,
      turnId: joined.turn_id,
    });
    if (!watched) return "open";
    yield* changeEvents(shown, watched.turn);
    shown = watched.turn;
    if (hasEnded(shown)) {
      yield storedEndEvent(shown, requestId);
      return "ended";
    }
    if (shown.status === "waiting") {
      yield waitingEvent(await linkApprovals(shown, dependencies));
      return "waiting";
    }
    if (watched.isAbandoned) return "open";
  }
  return "open";
}

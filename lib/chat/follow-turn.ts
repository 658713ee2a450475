import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { changeEvents, hasEnded, joinEvents, storedEndEvent } from "./turn-events.ts";

export interface FollowTurnParts {
  turns: TurnStore;
  requestId: string;
  /** Half a second between looks; a parameter so that tests do not wait. */
  pause: () => Promise<void>;
  /** Whether there is time left to run a turn: a follower may have to take over. */
  isTimeLeft: () => boolean;
}

/**
 * Tells a turn that another invocation is running, as it can be read from its row: at most one beat
 * and one look behind.
 * @returns whether the turn has ended; if not, its runner is gone, or the time of this stream is
 */
export async function* followTurn(
  { turns, requestId, pause, isTimeLeft }: FollowTurnParts,
  owner: string,
  joined: TurnState,
): AsyncGenerator<StreamEvent, boolean> {
  yield* joinEvents(joined);
  let shown = joined;
  while (isTimeLeft()) {
    await pause();
    const watched = await turns.watch({
      owner,
      conversationId: joined.conversation_id,
      turnId: joined.turn_id,
    });
    if (!watched) return false;
    yield* changeEvents(shown, watched.turn);
    shown = watched.turn;
    if (hasEnded(shown)) {
      yield storedEndEvent(shown, requestId);
      return true;
    }
    if (watched.isAbandoned) return false;
  }
  return false;
}

import { hasEnded } from "#lib/chat/has-ended.ts";
import { runTurnsBehind } from "#lib/chat/start-turn-run.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { type ForeignId, findForeign } from "./foreign-id.ts";

/** Returns the newest turn of a foreign conversation, or undefined if the owner has no such conversation. */
export async function findNewestTurn(
  turns: Pick<TurnStore, "watch">,
  foreign: ForeignId,
): Promise<TurnState | undefined> {
  const { owner } = foreign;
  const watched = await findForeign(foreign, (conversationId) =>
    turns.watch({ owner, conversationId }),
  );
  return watched?.turn;
}

interface StopDependencies {
  turns: Pick<TurnStore, "watch" | "stop">;
  sendTurnRun: SendTurnRun;
}

/** Stops the newest turn of a foreign conversation, if it has not ended. Clients of other protocols themselves only hang up. */
export async function stopNewestTurn(
  { turns, sendTurnRun }: StopDependencies,
  foreign: ForeignId,
): Promise<void> {
  const newest = await findNewestTurn(turns, foreign);
  if (!newest || hasEnded(newest)) return;
  const { owner } = foreign;
  const { conversation_id: conversationId, turn_id: turnId } = newest;
  const stopped = await turns.stop({ owner, conversationId, turnId });
  if (stopped) await runTurnsBehind({ sendTurnRun }, owner, stopped);
}

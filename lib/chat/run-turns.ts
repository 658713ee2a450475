import { setTimeout as delay } from "node:timers/promises";
import { nameConversation } from "./name-conversation.ts";
import { type StreamTurnsDependencies, streamToTarget } from "./stream-turns.ts";
import { summariseThread } from "./summarise-thread.ts";
import type { SendTurnRun, TurnRunEvent } from "./turn-run-event.ts";

export interface RunTurnsDependencies extends StreamTurnsDependencies {
  sendTurnRun: SendTurnRun;
  /** 2,000 by default, as a client waits before it reconnects. Tests use less. */
  resendAfterMs?: number;
}

/**
 * Runs a conversation's queued turns up to the named one, or all of them, with nobody reading, in the same way as
 * `streamTurns`. If another invocation holds the lease, follows it and takes over if it dies. If the time of this invocation
 * does not suffice, sends the event again, so that a fresh invocation goes on. A second run of the same event finds nothing
 * to do, or follows the first. Does nothing if the conversation is gone, the named turn has ended, or the oldest open turn
 * waits for a person: the decision sends an event of its own.
 * @throws the error that kept a turn from ending, such as an unavailable database
 */
export async function runTurns(
  dependencies: RunTurnsDependencies,
  event: TurnRunEvent,
): Promise<void> {
  const target = {
    owner: event.owner,
    conversationId: event.conversation_id,
    turnId: event.turn_id,
  };
  try {
    const events = streamToTarget(dependencies, target, await dependencies.claim(target));
    let next = await events.next();
    while (!next.done) next = await events.next();
    const { unnamed, fullThread, isUnfinished } = next.value;
    if (isUnfinished) {
      // With the longest deadline an invocation has no time to follow. It must not send its event as fast as it can.
      await delay(dependencies.resendAfterMs ?? 2_000);
      await dependencies.sendTurnRun(event);
    }
    if (unnamed) await nameConversation(dependencies, unnamed);
    if (fullThread) await summariseThread(dependencies, fullThread);
  } finally {
    await dependencies.traceExport?.finish();
  }
}

import type { ChatAccepted, TurnState } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { hasEnded } from "./has-ended.ts";
import type { SendTurnRun, TurnRunEvent } from "./turn-run-event.ts";

interface Sender {
  sendTurnRun: SendTurnRun;
}

type TurnIds = Pick<TurnState, "conversation_id" | "turn_id">;

/**
 * Has an accepted turn run without a reader. A replay of a turn that has not ended starts its runner again, in case the
 * first event was lost; a second runner does no harm.
 * @throws HttpProblem 503 if Lambda has not taken the event. The turn stays queued
 */
export async function startTurnRun(
  sender: Sender,
  owner: string,
  accepted: ChatAccepted,
): Promise<void> {
  if (hasEnded(accepted)) return;
  const { conversation_id, turn_id } = accepted;
  await send(
    sender,
    { owner, conversation_id, turn_id },
    accepted,
    "The message is stored, but its answer has not been started. Repeat the request with the same Idempotency-Key, or stream this turn.",
  );
}

/**
 * Has a turn continue without a reader, after a person has decided about all its calls. Runs the messages behind the turn,
 * too: their runners have ended when they met the waiting turn.
 * @throws HttpProblem 503 if Lambda has not taken the event. The turn stays queued
 */
export async function continueTurnRun(
  sender: Sender,
  owner: string,
  decided: TurnIds,
): Promise<void> {
  await send(
    sender,
    { owner, conversation_id: decided.conversation_id },
    decided,
    "The decision is stored, but the turn has not been continued. Send the same decision again, or stream this turn.",
  );
}

/**
 * Has the messages run that are queued behind a stopped turn, if the turn may have waited: runners without a reader end when
 * they meet a waiting turn.
 * @throws HttpProblem 503 if Lambda has not taken the event
 */
export async function runTurnsBehind(
  sender: Sender,
  owner: string,
  stopped: TurnIds & Pick<TurnState, "parkings">,
): Promise<void> {
  if (stopped.parkings === 0) return;
  await send(
    sender,
    { owner, conversation_id: stopped.conversation_id },
    stopped,
    "The turn is stopped, but the messages behind it have not been started. Stop the turn again, or stream them.",
  );
}

/**
 * Returns the sender of an invocation that continues a decided turn itself: it sends its event only if messages wait behind that turn,
 * which nobody else runs.
 */
export const sendForMessagesBehind =
  (
    { turns, sendTurnRun }: Sender & { turns: Pick<TurnStore, "watch"> },
    turnId: string,
  ): SendTurnRun =>
  async (event) => {
    const { owner, conversation_id: conversationId } = event;
    const newest = (await turns.watch({ owner, conversationId }))?.turn;
    if (newest && newest.turn_id !== turnId && !hasEnded(newest)) await sendTurnRun(event);
  };

async function send(
  { sendTurnRun }: Sender,
  event: TurnRunEvent,
  { conversation_id, turn_id }: TurnIds,
  detail: string,
): Promise<void> {
  try {
    await sendTurnRun(event);
  } catch (cause) {
    throw new HttpProblem("service_unavailable", 503, detail, {
      retryAfterSeconds: 5,
      members: { conversation_id, turn_id },
      cause,
    });
  }
}

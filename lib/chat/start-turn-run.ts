import type { ChatAccepted } from "#lib/contract/chat.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { hasEnded } from "./has-ended.ts";
import type { SendTurnRun } from "./turn-run-event.ts";

/**
 * Has an accepted turn run without a reader. A replay of a turn that has not ended starts its runner again, in case the
 * first event was lost; a second runner does no harm.
 * @throws HttpProblem 503 if Lambda has not taken the event. The turn stays queued
 */
export async function startTurnRun(
  { sendTurnRun }: { sendTurnRun: SendTurnRun },
  owner: string,
  accepted: ChatAccepted,
): Promise<void> {
  if (hasEnded(accepted)) return;
  const { conversation_id, turn_id } = accepted;
  try {
    await sendTurnRun({ owner, conversation_id, turn_id });
  } catch (cause) {
    throw new HttpProblem(
      "service_unavailable",
      503,
      "The message is stored, but its answer has not been started. Repeat the request with the same Idempotency-Key, or stream this turn.",
      { retryAfterSeconds: 5, members: { conversation_id, turn_id }, cause },
    );
  }
}

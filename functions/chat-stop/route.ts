import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { runTurnsBehind } from "#lib/chat/start-turn-run.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import { ChatStopQuery } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

interface ChatStopDependencies extends LimitedDependencies {
  turns: Pick<TurnStore, "stop">;
  sendTurnRun: SendTurnRun;
}

/** `DELETE /api/v1/chat`: stops a turn and returns its state. A second call returns the same state. */
export function createChatStop(dependencies: ChatStopDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, turns } = dependencies;
  return defineRoute("chat-stop", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseQuery(ChatStopQuery))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, query }) => {
      const turn = await turns.stop({
        owner: session.owner,
        conversationId: query.conversation_id,
        turnId: query.turn_id,
      });
      if (!turn) throw new HttpProblem("not_found", 404, "Turn not found, or not yours.");
      await runTurnsBehind(dependencies, session.owner, turn);
      return json(200, turn);
    });
}

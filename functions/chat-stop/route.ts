import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { runTurnsBehind } from "#lib/chat/start-turn-run.ts";
import type { SendTurnRun } from "#lib/chat/turn-run-event.ts";
import { ChatStopQuery } from "#lib/contract/chat.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

interface ChatStopDependencies extends CallerRouteDependencies {
  turns: Pick<TurnStore, "stop">;
  sendTurnRun: SendTurnRun;
}

/** `DELETE /api/v1/chat`: stops a turn and returns its state. A second call returns the same state. */
export function createChatStop(dependencies: ChatStopDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, turns } = dependencies;
  return defineRoute("chat-stop", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parseQuery(ChatStopQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, query }) => {
      const turn = await turns.stop({
        owner: caller.owner,
        conversationId: query.conversation_id,
        turnId: query.turn_id,
      });
      if (!turn) throw new HttpProblem("not_found", 404, "Turn not found, or not yours.");
      await runTurnsBehind(dependencies, caller.owner, turn);
      return json(200, turn);
    });
}

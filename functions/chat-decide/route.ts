import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import {
  type DecideCallDependencies,
  decideLinkedCall,
  decideOwnCall,
  showLinkedCall,
} from "#lib/chat/decide-call.ts";
import { ChatDecision, ChatDecisionQuery } from "#lib/contract/decision.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type ChatDecideDependencies = CallerRouteDependencies & DecideCallDependencies;

/**
 * `POST /api/v1/chat/decision`: stores a person's decision about one tool call. The owner gets the turn. With `link` any
 * session may decide, and gets only the call.
 */
export function createChatDecide(dependencies: ChatDecideDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf } = dependencies;
  return defineRoute("chat-decide", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(ChatDecision))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, body }) =>
      json(
        200,
        body.link === undefined
          ? await decideOwnCall(dependencies, caller.owner, body)
          : await decideLinkedCall(dependencies, body.link, body),
      ),
    );
}

/** `GET /api/v1/chat/decision`: shows the tool call of a link to any session. */
export function createChatDecideShow(dependencies: ChatDecideDependencies) {
  const { telemetry, sessions, bucket, addressOf } = dependencies;
  return defineRoute("chat-decide", telemetry)
    .use(requireToken(sessions))
    .use(parseQuery(ChatDecisionQuery))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ query }) => json(200, await showLinkedCall(dependencies, query.link)));
}

import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { FeedbackPath, FeedbackUpdate } from "#lib/contract/feedback.ts";
import type { StoreFeedback } from "#lib/conversations/store-feedback.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type FeedbackUpdateDependencies = LimitedDependencies & { storeFeedback: StoreFeedback };

/** `PUT /api/v1/feedback/{turn_id}`: stores what the person thinks of an answer, instead of what was there. */
export function createFeedbackUpdate(dependencies: FeedbackUpdateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, storeFeedback } = dependencies;
  return defineRoute("feedback-update", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(FeedbackPath))
    .use(parseBody(FeedbackUpdate))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params, body }) => {
      const { turn_id } = params;
      const { owner } = session;
      const stored = await storeFeedback({ owner, turnId: turn_id, update: body });
      if (!stored) {
        throw new HttpProblem(
          "not_found",
          404,
          "No answer that has ended has this id, or it is not yours.",
        );
      }
      telemetry.measure("Feedback", 1, { value: body.value ?? "none" });
      return json(200, { turn_id, ...stored });
    });
}

import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { FeedbackPath, FeedbackUpdate } from "#lib/contract/feedback.ts";
import type { StoreFeedback } from "#lib/conversations/store-feedback.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type FeedbackUpdateDependencies = CallerRouteDependencies & { storeFeedback: StoreFeedback };

/** `PUT /api/v1/feedback/{turn_id}`: stores what the person thinks of an answer, instead of what was there. */
export function createFeedbackUpdate(dependencies: FeedbackUpdateDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, storeFeedback } = dependencies;
  return defineRoute("feedback-update", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(FeedbackPath))
    .use(parseBody(FeedbackUpdate))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params, body }) => {
      const { turn_id } = params;
      const { owner } = caller;
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

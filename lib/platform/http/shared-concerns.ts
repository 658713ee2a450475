import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import { answerProblem } from "./answer-problem.ts";
import { markDeprecated } from "./mark-deprecated.ts";
import { observeRequest } from "./observe-request.ts";
import { readRequest } from "./read-request.ts";

/** What every route does, in the order a request meets it; on the way out the order is reversed. */
export const sharedConcerns = (route: string, telemetry: RequestTelemetry) => [
  readRequest(),
  observeRequest(route, telemetry),
  markDeprecated(telemetry),
  answerProblem(telemetry),
];

import { TracePath } from "#lib/contract/trace.ts";
import { getTrace } from "#lib/conversations/get-trace.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type TraceGetDependencies = CallerRouteDependencies & { database: Database };

/** `GET /api/v1/traces/{turn_id}`: returns what happened in a turn, and when. */
export function createTraceGet(dependencies: TraceGetDependencies) {
  const { telemetry, bucket, addressOf, database } = dependencies;
  return defineRoute("trace-get", telemetry)
    .use(requireCredential(dependencies))
    .use(parsePath(TracePath))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params }) => {
      const trace = await getTrace(database, { owner: caller.owner, turnId: params.turn_id });
      if (!trace) throw new HttpProblem("not_found", 404, "Turn not found, or not yours.");
      return json(200, trace);
    });
}

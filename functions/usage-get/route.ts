import { readUsage } from "#lib/budget/usage-report.ts";
import { UsageQuery } from "#lib/contract/usage.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import type { Config } from "#lib/platform/config.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies } from "../dependencies.ts";

type UsageGetDependencies = CallerRouteDependencies & {
  database: Database;
  caps: Config["budgetCaps"];
};

/** `GET /api/v1/usage`: returns what the owner has spent, by day, and how much of the budgets is left. */
export function createUsageGet(dependencies: UsageGetDependencies) {
  const { telemetry, bucket, addressOf, database, caps } = dependencies;
  return defineRoute("usage-get", telemetry)
    .use(requireCredential(dependencies))
    .use(parseQuery(UsageQuery))
    .use(sideBySide(requireCaller(dependencies, "chat"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, query }) =>
      json(200, await readUsage(database, { owner: caller.owner, days: query.days, caps })),
    );
}

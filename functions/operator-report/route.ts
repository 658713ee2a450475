import { readReport } from "#lib/budget/operator-report.ts";
import { type OperatorReport, OperatorReportQuery } from "#lib/contract/operator.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { OperatorDependencies } from "../dependencies.ts";

type OperatorReportDependencies = OperatorDependencies & {
  database: Database;
  settings: Omit<Parameters<typeof readReport>[1], "days">;
};

/** `GET /api/v1/operator/report`: returns how the service has worked, for an operator. */
export function createOperatorReport(dependencies: OperatorReportDependencies) {
  const { telemetry, operators, bucket, addressOf, database, settings } = dependencies;
  return defineRoute("operator-report", telemetry)
    .use(operators.requireToken())
    .use(parseQuery(OperatorReportQuery))
    .use(sideBySide(operators.requireSession(), limitRate(bucket, addressOf)))
    .handler(async ({ query, operatorSession }) => {
      const figures = await readReport(database, { ...settings, days: query.days });
      const report: OperatorReport = {
        ...figures,
        session_expires_at: operatorSession.expiresAt.toISOString(),
      };
      return json(200, report);
    });
}

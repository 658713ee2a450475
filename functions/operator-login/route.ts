import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { OperatorLoginRequest, type OperatorSession } from "#lib/contract/operator.ts";
import { equalSecrets } from "#lib/platform/equal-secrets.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { OperatorDependencies } from "../dependencies.ts";

interface OperatorLoginDependencies extends OperatorDependencies {
  operatorPassword: () => Promise<string>;
}

/** `POST /api/operator/login`: starts an operator's session of an hour and sets its cookie. */
export function createOperatorLogin(dependencies: OperatorLoginDependencies) {
  const { telemetry, operators, publicOrigin, bucket, addressOf, operatorPassword } = dependencies;
  return defineRoute("operator-login", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(OperatorLoginRequest, { maxBytes: 1_024 }))
    .use(limitRate(bucket, addressOf))
    .handler(async (request) => {
      if (!equalSecrets(request.body.password, await operatorPassword())) {
        telemetry.info("operator.auth_failed");
        telemetry.measure("LoginFailure", 1);
        throw new HttpProblem("invalid_password", 401, "Wrong password. Try again.");
      }
      const { cookie, expiresAt } = await operators.issue();
      addResponseCookie(request, cookie);
      const session: OperatorSession = { expires_at: expiresAt.toISOString() };
      return json(200, session);
    });
}

import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { type LoginAnswer, LoginRequest } from "#lib/contract/session.ts";
import { equalSecrets } from "#lib/platform/equal-secrets.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

interface LoginDependencies extends LimitedDependencies {
  demoPassword: () => Promise<string>;
}

/** `POST /api/login`: starts a session and sets its cookie. With `token: true` also returns a bearer token. */
export function createLogin(dependencies: LoginDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, demoPassword } = dependencies;
  return defineRoute("login", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(LoginRequest, { maxBytes: 1_024 }))
    .use(limitRate(bucket, addressOf))
    .handler(async (request) => {
      const { password, token } = request.body;
      if (!equalSecrets(password, await demoPassword())) {
        telemetry.info("auth.failed");
        telemetry.measure("LoginFailure", 1);
        throw new HttpProblem("invalid_password", 401, "Wrong password. Try again.");
      }
      // A returning client keeps its owner id, and so its conversations.
      const former = await sessions.formerSession(request);
      const browser = await sessions.issue({
        use: "cookie",
        owner: former?.owner,
        former,
        userAgent: request.headers["user-agent"],
      });
      addResponseCookie(request, sessions.cookie.holding(browser.token));
      telemetry.measure("LoginSuccess", 1);

      const body: LoginAnswer = { message: "Login successful" };
      if (token) {
        const program = await sessions.issueProgramToken(browser.session);
        body.token = program.token;
        body.expires_at = program.session.expiresAt.toISOString();
      }
      return json(200, body);
    });
}

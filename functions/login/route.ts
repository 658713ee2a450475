import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { type LoginAnswer, LoginRequest } from "#lib/contract/session.ts";
import { equalSecrets } from "#lib/platform/equal-secrets.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedParts } from "../parts.ts";

interface LoginParts extends LimitedParts {
  demoPassword: () => Promise<string>;
}

/** `POST /api/login`: the cookie of a session, and with `token: true` a bearer token for a program. */
export function createLogin({ telemetry, sessions, publicOrigin, ...parts }: LoginParts) {
  return defineRoute("login", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(LoginRequest, { maxBytes: 1_024 }))
    .use(limitRate(parts.bucket, parts.addressOf))
    .handler(async (request) => {
      const { password, token } = request.body;
      if (!equalSecrets(password, await parts.demoPassword())) {
        telemetry.info("auth.failed");
        telemetry.measure("LoginFailure", 1);
        throw new HttpProblem("invalid_password", 401, "Invalid password.");
      }
      // A returning client keeps its owner id, and so its conversations.
      const owner = (await sessions.formerSession(request))?.owner;
      const browser = await sessions.issue({ use: "cookie", owner });
      addResponseCookie(request, sessions.cookie.holding(browser.token));
      telemetry.measure("LoginSuccess", 1);

      const answer: LoginAnswer = { message: "Login successful" };
      if (token) {
        const program = await sessions.issueProgramToken(browser.session);
        answer.token = program.token;
        answer.expires_at = program.session.expiresAt.toISOString();
      }
      return json(200, answer);
    });
}

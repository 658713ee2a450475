import type { DeviceCodes } from "#lib/auth/device-codes.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { orUnavailable } from "#lib/auth/sessions.ts";
import { DeviceLoginRequest } from "#lib/contract/device.ts";
import type { LoginAnswer } from "#lib/contract/session.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

interface DeviceLoginDependencies extends LimitedDependencies {
  deviceCodes: Pick<DeviceCodes, "redeem">;
}

/** `POST /api/v1/device-logins`: starts a session of the owner who has made the code, and sets its cookie. */
export function createDeviceLogin(dependencies: DeviceLoginDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, deviceCodes } = dependencies;
  return defineRoute("device-login", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(DeviceLoginRequest, { maxBytes: 1_024 }))
    .use(limitRate(bucket, addressOf))
    .handler(async (request) => {
      // Read before the code is used up, because a failure after that costs the person the code.
      const former = await sessions.formerSession(request);
      const login = await orUnavailable(() => deviceCodes.redeem(request.body.code));
      if (login === undefined) {
        telemetry.info("auth.failed");
        telemetry.measure("LoginFailure", 1);
        throw new HttpProblem(
          "invalid_code",
          401,
          "This code is wrong, used or expired. Make a new one on the other device.",
        );
      }
      const { token } = await sessions.issue({
        use: "cookie",
        ...login,
        former,
        userAgent: request.headers["user-agent"],
      });
      addResponseCookie(request, sessions.cookie.holding(token));
      telemetry.measure("LoginSuccess", 1);
      const body: LoginAnswer = { message: "Login successful" };
      return json(200, body);
    });
}

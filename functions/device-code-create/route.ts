import type * as v from "valibot";
import type { DeviceCodes } from "#lib/auth/device-codes.ts";
import type { Devices } from "#lib/auth/devices.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { orUnavailable } from "#lib/auth/sessions.ts";
import type { DeviceCode } from "#lib/contract/device.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

interface DeviceCodeDependencies extends LimitedDependencies {
  devices: Pick<Devices, "list">;
  deviceCodes: Pick<DeviceCodes, "issue">;
}

/** The most that one owner may have, so that the list stays readable and its item small. */
const maxDevices = 20;

/** `POST /api/v1/device-codes`: makes a code that logs one other browser in as the same owner. */
export function createDeviceCodeCreate(dependencies: DeviceCodeDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, devices, deviceCodes } =
    dependencies;
  return defineRoute("device-code-create", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session }) => {
      // A program's token lives for a day. It must not turn itself into a browser's session.
      if (session.use !== "cookie") {
        throw new HttpProblem("forbidden", 403, "Only a signed-in browser can make a code.");
      }
      const listed = await orUnavailable(() => devices.list(session.owner));
      if (listed.length >= maxDevices) {
        throw new HttpProblem(
          "too_many_devices",
          409,
          `You have ${maxDevices} devices, which is the most. Sign one out first.`,
        );
      }
      const { code, expiresAt } = await orUnavailable(() => deviceCodes.issue(session));
      const body: v.InferOutput<typeof DeviceCode> = {
        code,
        url: `${publicOrigin ?? ""}/#code=${code}`,
        expires_at: expiresAt.toISOString(),
      };
      return json(200, body);
    });
}

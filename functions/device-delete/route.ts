import { type Devices, sessionIdOf } from "#lib/auth/devices.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { orUnavailable } from "#lib/auth/sessions.ts";
import { DevicePath } from "#lib/contract/device.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type DeviceDeleteDependencies = LimitedDependencies & { devices: Pick<Devices, "list"> };

/** `DELETE /api/v1/devices/{id}`: signs a device out. Its session ends, and it no longer knows its owner. */
export function createDeviceDelete(dependencies: DeviceDeleteDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, devices } = dependencies;
  return defineRoute("device-delete", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(DevicePath))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async (request) => {
      const { owner, sessionId: ownSessionId } = request.session;
      const sessionId = sessionIdOf(request.params.id);
      const listed = await orUnavailable(() => devices.list(owner));
      if (!listed.some((device) => device.sessionId === sessionId)) {
        throw new HttpProblem("not_found", 404, "Device not found, or not yours.");
      }
      await sessions.revoke({ owner, sessionId });
      if (sessionId === ownSessionId) addResponseCookie(request, sessions.cookie.removed());
      return noContent();
    });
}

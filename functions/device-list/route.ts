import { type Devices, deviceIdOf } from "#lib/auth/devices.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { orUnavailable } from "#lib/auth/sessions.ts";
import type { DeviceList } from "#lib/contract/device.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type DeviceListDependencies = LimitedDependencies & { devices: Pick<Devices, "list"> };

/** `GET /api/v1/devices`: returns the owner's devices, the last used first. */
export function createDeviceList(dependencies: DeviceListDependencies) {
  const { telemetry, sessions, bucket, addressOf, devices } = dependencies;
  return defineRoute("device-list", telemetry)
    .use(requireToken(sessions))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session }) => {
      const listed = await orUnavailable(() => devices.list(session.owner));
      const body: DeviceList = {
        devices: listed.map(({ sessionId, name, signedInAt, lastUsedAt }) => ({
          id: deviceIdOf(sessionId),
          name: name ?? null,
          created_at: signedInAt.toISOString(),
          last_used_at: lastUsedAt.toISOString(),
          is_current: sessionId === session.sessionId,
        })),
      };
      return json(200, body);
    });
}

import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { OwnerSettingsUpdate } from "#lib/contract/settings.ts";
import type { OwnerSettingsStore } from "#lib/owner-settings/owner-settings-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type SettingsUpdateDependencies = LimitedDependencies & { settings: OwnerSettingsStore };

/** 50 prompts and the instructions, of 4,000 UTF-16 units each: at most six bytes a unit if JSON escapes it. */
const maxBytes = 51 * 4_000 * 6 + 16_384;

/** `PATCH /api/v1/settings`: changes what the body names, and returns all settings of the owner. */
export function createSettingsUpdate(dependencies: SettingsUpdateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, settings } = dependencies;
  return defineRoute("settings-update", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(OwnerSettingsUpdate, { maxBytes }))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, body }) =>
      json(200, await settings.update({ owner: session.owner, ...body })),
    );
}

import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import type { OwnerSettingsStore } from "#lib/owner-settings/owner-settings-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type SettingsGetDependencies = LimitedDependencies & { settings: OwnerSettingsStore };

/** `GET /api/v1/settings`: returns the owner's instructions for all conversations, and their prompts. */
export function createSettingsGet(dependencies: SettingsGetDependencies) {
  const { telemetry, sessions, bucket, addressOf, settings } = dependencies;
  return defineRoute("settings-get", telemetry)
    .use(requireToken(sessions))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session }) => json(200, await settings.get(session.owner)));
}

import { requestJson } from "#frontend/api/request.ts";
import { OwnerSettings, type OwnerSettingsUpdate } from "#lib/contract/settings.ts";

const path = "/api/v1/settings";

/** Returns what the person has set for all conversations. */
export const loadOwnerSettings = (signal: AbortSignal): Promise<OwnerSettings> =>
  requestJson(path, OwnerSettings, { signal });

/** Changes what `update` names, and returns all of it. The browser completes this request even if the person leaves the page. */
export const updateOwnerSettings = (update: OwnerSettingsUpdate): Promise<OwnerSettings> =>
  requestJson(path, OwnerSettings, { method: "PATCH", body: update, keepalive: true });

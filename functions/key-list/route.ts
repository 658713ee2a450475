import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import type { ApiKeyList } from "#lib/contract/api-key.ts";
import type { ApiKeyStore } from "#lib/keys/api-key-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type KeyListDependencies = LimitedDependencies & { keys: Pick<ApiKeyStore, "list"> };

/** `GET /api/v1/keys`: returns the owner's keys, newest first, without their secrets. */
export function createKeyList(dependencies: KeyListDependencies) {
  const { telemetry, sessions, bucket, addressOf, keys } = dependencies;
  return defineRoute("key-list", telemetry)
    .use(requireToken(sessions))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session }) => {
      const body: ApiKeyList = { keys: await keys.list(session.owner) };
      return json(200, body);
    });
}

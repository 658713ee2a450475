import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { ApiKeyCreate, maxApiKeys } from "#lib/contract/api-key.ts";
import type { ApiKeyStore } from "#lib/keys/api-key-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type KeyCreateDependencies = LimitedDependencies & { keys: Pick<ApiKeyStore, "create"> };

/** `POST /api/v1/keys`: makes a key for a program, which acts as its owner. Only this response has the key. */
export function createKeyCreate(dependencies: KeyCreateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, keys } = dependencies;
  return defineRoute("key-create", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(ApiKeyCreate))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, body }) => {
      // A program's token lives for a day. It must not turn itself into a key that lives on.
      if (session.use !== "cookie") {
        throw new HttpProblem("forbidden", 403, "Only a signed-in browser can make a key.");
      }
      const created = await keys.create({ owner: session.owner, ...body });
      if (!created) {
        throw new HttpProblem(
          "too_many_keys",
          409,
          `You have ${maxApiKeys} keys, which is the most. Revoke one first.`,
        );
      }
      telemetry.info("key.created", { key_id: created.id });
      return json(200, created);
    });
}

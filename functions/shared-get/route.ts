import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { SharedPath, SharedQuery } from "#lib/contract/share.ts";
import type { ShareStore } from "#lib/conversations/share-store.ts";
import { unknownLink } from "#lib/conversations/unknown-link.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath, parseQuery } from "#lib/platform/http/parse-request.ts";
import { setResponseHeaders } from "#lib/platform/http/response-headers.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type SharedGetDependencies = LimitedDependencies & { shares: Pick<ShareStore, "read"> };

/** `GET /api/v1/shared/{token}`: returns what a link shows, without a session. */
export function createSharedGet(dependencies: SharedGetDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, shares } = dependencies;
  return defineRoute("shared-get", telemetry)
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(SharedPath))
    .use(parseQuery(SharedQuery))
    .use(limitRate(bucket, addressOf))
    .handler(async (request) => {
      setResponseHeaders(request, {
        "x-robots-tag": "noindex, nofollow",
        "referrer-policy": "no-referrer",
      });
      const shared = await shares.read({
        token: request.params.token,
        before: request.query.before,
      });
      if (shared === undefined) throw unknownLink();
      return json(200, shared);
    });
}

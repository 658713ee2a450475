import type { MiddlewareObj } from "@middy/core";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";

/** Refuses every request with a 404 if the deployment has no documents. */
export function requireDocuments({
  isOn,
}: {
  isOn: boolean;
}): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before() {
      if (!isOn) throw new HttpProblem("not_found", 404, "This deployment has no documents.");
    },
  };
}

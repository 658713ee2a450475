import type { MiddlewareObj } from "@middy/core";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";

interface BodyWithSettings {
  body: { settings?: ConversationSettings | null | undefined };
}

/** Throws a 400 if the body's settings name a model that the deployment does not offer. Without a name the default answers. */
export function requireOfferedModel<Request extends HttpRequest & BodyWithSettings>(
  offeredModelIds: readonly string[],
): MiddlewareObj<Request, HttpResponse> {
  return {
    before({ event }) {
      const model = event.body.settings?.model;
      if (model === undefined || model === null || offeredModelIds.includes(model)) return;
      throw new HttpProblem(
        "bad_request",
        400,
        "settings.model must be the id of one of the models of GET /api/me.",
        { field: "settings.model" },
      );
    },
  };
}

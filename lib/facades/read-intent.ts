import type { MiddlewareObj } from "@middy/core";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";

/** Clients send whole histories. Lambda's own limit refuses what is larger. */
export const maxHistoryBytes = 6 * 1024 * 1024;

/** Sets `request.intent` to what a body asks for. @param read throws a 400 or a 404 */
export const readIntent = <Body, Intent>(
  read: (body: Body) => Intent | Promise<Intent>,
): MiddlewareObj<HttpRequest & { body: Body; intent: Intent }, HttpResponse> => ({
  async before({ event }) {
    event.intent = await read(event.body);
  },
});

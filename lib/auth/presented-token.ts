import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { SessionUse } from "./session.ts";
import type { SessionCookie } from "./session-cookie.ts";

export interface PresentedToken {
  token: string;
  use: SessionUse;
}

/**
 * The token that a request comes with: `Authorization: Bearer` at either door, else the cookie, which belongs
 * to the page's own origin and is never read at the function URL.
 */
export function presentedToken(
  request: HttpRequest,
  cookie: SessionCookie,
): PresentedToken | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (bearer !== undefined) return { token: bearer, use: "bearer" };
  const held = request.door === "gateway" ? cookie.read(request) : undefined;
  return held === undefined ? undefined : { token: held, use: "cookie" };
}

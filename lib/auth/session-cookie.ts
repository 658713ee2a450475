import type { HttpRequest } from "#lib/platform/http/http-request.ts";

/**
 * 400 days, the longest lifetime that browsers allow. The cookie outlives its session on purpose: an expired
 * token authenticates nothing, but a new login that still sends the token keeps the same owner and conversations.
 */
export const cookieMaxAgeSeconds = 400 * 24 * 60 * 60;

export interface SessionCookie {
  /** Returns the token that the request's cookie holds. */
  read(request: HttpRequest): string | undefined;
  /** Returns the value of a `Set-Cookie` header that stores the token. */
  holding(token: string): string;
  /** Returns the value of a `Set-Cookie` header that deletes the cookie. */
  removed(): string;
}

/**
 * The prefix `__Host-` binds the cookie to this host and to https. Browsers refuse the prefix and `Secure` on plain
 * http, so the local twin uses neither.
 */
export function createSessionCookie({
  secure,
  kind = "session",
  maxAgeSeconds = cookieMaxAgeSeconds,
}: {
  secure: boolean;
  kind?: "session" | "operator";
  maxAgeSeconds?: number;
}): SessionCookie {
  const name = secure ? `__Host-${kind}` : kind;
  const attributes = `${secure ? "Secure; " : ""}HttpOnly; SameSite=Strict; Path=/`;
  const set = (token: string, seconds: number) =>
    `${name}=${token}; ${attributes}; Max-Age=${seconds}`;
  return {
    read: (request) => request.cookies[name],
    holding: (token) => set(token, maxAgeSeconds),
    removed: () => set("", 0),
  };
}

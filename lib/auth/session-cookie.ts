import type { HttpRequest } from "#lib/platform/http/http-request.ts";

/**
 * As long as browsers keep any cookie. It outlives its session on purpose: an expired token opens nothing,
 * but a login that still presents it goes on as the same visitor, with the same conversations.
 */
export const cookieMaxAgeSeconds = 400 * 24 * 60 * 60;

export interface SessionCookie {
  read(request: HttpRequest): string | undefined;
  /** The value of a `Set-Cookie` header. */
  holding(token: string): string;
  removed(): string;
}

/**
 * `__Host-` binds the cookie to this host and to https. On plain http browsers refuse both that and `Secure`,
 * so the twin goes without.
 */
export function createSessionCookie({ secure }: { secure: boolean }): SessionCookie {
  const name = secure ? "__Host-session" : "session";
  const attributes = `${secure ? "Secure; " : ""}HttpOnly; SameSite=Strict; Path=/`;
  return {
    read: (request) => request.cookies[name],
    holding: (token) => `${name}=${token}; ${attributes}; Max-Age=${cookieMaxAgeSeconds}`,
    removed: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}

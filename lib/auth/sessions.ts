import { randomBytes, randomUUID } from "node:crypto";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { presentedToken } from "./presented-token.ts";
import type { Revocations } from "./revocations.ts";
import type { Session, SessionUse } from "./session.ts";
import { cookieMaxAgeSeconds, createSessionCookie, type SessionCookie } from "./session-cookie.ts";
import { readSession, signSession } from "./session-token.ts";

const hourMs = 60 * 60 * 1_000;
/** Without a request for so long a session is over; so is a program's, which is not renewed. */
const idleMs = 24 * hourMs;
/** However busy, a browser's session ends this long after the password was given. */
const absoluteMs = 7 * 24 * hourMs;
const renewAfterMs = hourMs;
/** For so long a token can show whose conversations are whose; an ended session is remembered as long. */
const keepVisitorMs = cookieMaxAgeSeconds * 1_000;

interface IssuedSession {
  token: string;
  session: Session;
}

export interface Sessions {
  readonly cookie: SessionCookie;
  /** Begins the session of a login: of this visitor, or of a new one. */
  issue(login: { use: SessionUse; visitor?: string | undefined }): Promise<IssuedSession>;
  /** A token for a program in the session of a browser's login: they end together. */
  issueProgramToken(session: Session): Promise<IssuedSession>;
  /** The session that a request may act in; undefined if it presents none that holds. */
  verify(request: HttpRequest): Promise<Session | undefined>;
  /** The session whose token a request presents, even if it has expired; undefined if it was ended. */
  formerSession(request: HttpRequest): Promise<Session | undefined>;
  /** A token for the time to come, once the one in use is an hour old; undefined before that and for programs. */
  renew(session: Session): Promise<IssuedSession | undefined>;
  /** Ends the session: none of its tokens opens anything any more. */
  revoke(session: Session): Promise<void>;
}

interface SessionsOptions {
  tokenKeys: () => Promise<TokenKeys>;
  revocations: Revocations;
  /** False only on plain http, that is, on one's own machine. */
  secureCookie: boolean;
  telemetry: Telemetry;
  now?: () => number;
}

/** Sessions live in signed tokens; stored are only those that were ended. */
export function createSessions(options: SessionsOptions): Sessions {
  const { tokenKeys, revocations, secureCookie, telemetry, now = Date.now } = options;
  const cookie = createSessionCookie({ secure: secureCookie });

  async function readPresented(request: HttpRequest): Promise<Session | undefined> {
    const presented = presentedToken(request, cookie);
    if (!presented) return undefined;
    const session = await readSession(presented.token, await tokenKeys());
    return session?.use === presented.use ? session : undefined;
  }

  /** Chat goes on while DynamoDB is away: an ended session may be used meanwhile, and operators hear of it. */
  async function wasRevoked(session: Session): Promise<boolean> {
    try {
      return await revocations.has(session.sessionId);
    } catch (cause) {
      telemetry.error("session.revocation_unchecked", cause);
      return false;
    }
  }

  async function signFrom(
    login: Pick<Session, "subject" | "sessionId" | "use" | "authenticatedAt">,
  ): Promise<IssuedSession> {
    const issuedAt = wholeSecond(now());
    const session = { ...login, issuedAt, expiresAt: expiryOf(login, issuedAt) };
    return { token: await signSession(session, await tokenKeys()), session };
  }

  return {
    cookie,

    issue: ({ use, visitor }) =>
      signFrom({
        subject: visitor ?? randomUUID(),
        sessionId: randomBytes(16).toString("base64url"),
        use,
        authenticatedAt: wholeSecond(now()),
      }),

    issueProgramToken: ({ subject, sessionId, authenticatedAt }) =>
      signFrom({ subject, sessionId, authenticatedAt, use: "bearer" }),

    async verify(request) {
      const session = await readPresented(request);
      if (!session || session.expiresAt.getTime() <= now()) return undefined;
      return (await wasRevoked(session)) ? undefined : session;
    },

    async formerSession(request) {
      const session = await readPresented(request);
      if (!session || session.issuedAt.getTime() + keepVisitorMs <= now()) return undefined;
      const revoked = await orUnavailable(() => revocations.has(session.sessionId));
      return revoked ? undefined : session;
    },

    async renew(session) {
      const isDue = now() - session.issuedAt.getTime() > renewAfterMs;
      const isAtItsEnd =
        expiryOf(session, wholeSecond(now())).getTime() <= session.expiresAt.getTime();
      if (session.use === "bearer" || !isDue || isAtItsEnd) return undefined;
      return signFrom(session);
    },

    revoke: (session) =>
      orUnavailable(() => revocations.add(session.sessionId, new Date(now() + keepVisitorMs))),
  };
}

function expiryOf(login: Pick<Session, "authenticatedAt">, issuedAt: Date): Date {
  return new Date(
    Math.min(issuedAt.getTime() + idleMs, login.authenticatedAt.getTime() + absoluteMs),
  );
}

/** As precise as a token is. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1_000) * 1_000);
}

/** Who a visitor is and that a session has ended are not to be guessed. */
async function orUnavailable<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    throw new HttpProblem(
      "service_unavailable",
      503,
      "Logging in and out is not possible right now. Please try again in a few seconds.",
      { retryAfterSeconds: 5, cause },
    );
  }
}

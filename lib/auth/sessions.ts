import { randomBytes, randomUUID } from "node:crypto";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { deviceName } from "./device-name.ts";
import type { Devices } from "./devices.ts";
import { isKnownAsRevoked, type Revocations } from "./revocations.ts";
import { cookieMaxAgeSeconds, createSessionCookie, type SessionCookie } from "./session-cookie.ts";
import { readSession, type Session, type SessionUse, signSession } from "./session-token.ts";

const hourMs = 60 * 60 * 1_000;
/** A session expires after a day without a request. A program's session is never renewed, so it lives for a day. */
const idleMs = 24 * hourMs;
/** A browser's session ends seven days after the login, however active it is. */
const absoluteMs = 7 * 24 * hourMs;
const renewAfterMs = hourMs;
/** How long an expired token still identifies its owner. Revocations are kept for the same time. */
const rememberOwnerMs = cookieMaxAgeSeconds * 1_000;

interface IssuedSession {
  token: string;
  session: Session;
}

interface Login {
  use: SessionUse;
  /** Default: a new owner. */
  owner?: string | undefined;
  /** When the password was checked. Default: now. */
  authenticatedAt?: Date | undefined;
  /** The session that the browser had before. Once expired, the new session takes its place among the devices. */
  former?: Session | undefined;
  userAgent?: string | undefined;
}

export interface Sessions {
  readonly cookie: SessionCookie;
  /**
   * Starts the session of a login, and adds a browser to the owner's devices.
   * @throws HttpProblem 503 if the device cannot be stored: nobody could sign it out from another one
   */
  issue(login: Login): Promise<IssuedSession>;
  /** Issues a bearer token within a browser's session. Revoking either ends both. */
  issueProgramToken(session: Session): Promise<IssuedSession>;
  /**
   * Returns the session of a request's token: signed by us, not expired. Sends no request. The caller must check with
   * `isRevoked` whether the session was ended before it expired.
   */
  signedSession(request: HttpRequest): Promise<Session | undefined>;
  /** Returns false while DynamoDB is down (`isKnownAsRevoked`). */
  isRevoked(session: Session): Promise<boolean>;
  /**
   * Returns the session of a request even if the session has expired, but not if it was revoked.
   * @throws HttpProblem 503 if the revocation cannot be checked
   */
  formerSession(request: HttpRequest): Promise<Session | undefined>;
  /**
   * Returns a new token once the current one is an hour old, and notes that the device was used. Returns undefined before
   * that, and for programs.
   */
  renew(session: Session, userAgent?: string): Promise<IssuedSession | undefined>;
  /**
   * Ends the session: every token of this login becomes invalid, and the device is no longer listed.
   * @throws HttpProblem 503 if the revocation cannot be stored
   */
  revoke(session: Pick<Session, "owner" | "sessionId">): Promise<void>;
}

interface SessionsOptions {
  tokenKeys: () => Promise<TokenKeys>;
  revocations: Revocations;
  devices: Devices;
  /** False only on plain http, which only the local twin uses. */
  secureCookie: boolean;
  telemetry: Telemetry;
  now?: () => number;
}

/** Sessions live in signed tokens. The table stores only revoked sessions, and what an owner may sign out. */
export function createSessions(options: SessionsOptions): Sessions {
  const { tokenKeys, revocations, devices, secureCookie, telemetry, now = Date.now } = options;
  const cookie = createSessionCookie({ secure: secureCookie });

  async function readToken(request: HttpRequest): Promise<Session | undefined> {
    const sent = sentToken(request, cookie);
    if (!sent) return undefined;
    const session = await readSession(sent.token, await tokenKeys());
    return session?.use === sent.use ? session : undefined;
  }

  async function signNow(
    login: Pick<Session, "owner" | "sessionId" | "use" | "authenticatedAt">,
  ): Promise<IssuedSession> {
    const issuedAt = toWholeSecond(now());
    const session = { ...login, issuedAt, expiresAt: expiryOf(login, issuedAt) };
    return { token: await signSession(session, await tokenKeys()), session };
  }

  /** The page works without it, so a failure is only logged. */
  async function noteUse(
    { owner, sessionId }: Session,
    userAgent: string | undefined,
  ): Promise<void> {
    try {
      const at = toWholeSecond(now());
      await devices.record({ owner, sessionId, name: deviceName(userAgent), at });
    } catch (cause) {
      telemetry.warn("device.unrecorded", {
        error_type: cause instanceof Error ? cause.name : typeof cause,
      });
    }
  }

  return {
    cookie,

    async issue({ use, owner = randomUUID(), authenticatedAt, former, userAgent }) {
      const at = toWholeSecond(now());
      const sessionId = randomBytes(16).toString("base64url");
      const hasExpired = former?.owner === owner && former.expiresAt <= at;
      if (use === "cookie") {
        const insteadOf = hasExpired ? former.sessionId : undefined;
        const device = { owner, sessionId, name: deviceName(userAgent), at, insteadOf };
        await orUnavailable(() => devices.record(device));
      }
      return signNow({ owner, sessionId, use, authenticatedAt: authenticatedAt ?? at });
    },

    issueProgramToken: ({ owner, sessionId, authenticatedAt }) =>
      signNow({ owner, sessionId, authenticatedAt, use: "bearer" }),

    async signedSession(request) {
      const session = await readToken(request);
      return session && session.expiresAt.getTime() > now() ? session : undefined;
    },

    isRevoked: ({ sessionId }) => isKnownAsRevoked(revocations, telemetry, sessionId),

    async formerSession(request) {
      const session = await readToken(request);
      if (!session || session.issuedAt.getTime() + rememberOwnerMs <= now()) return undefined;
      const revoked = await orUnavailable(() => revocations.has(session.sessionId));
      return revoked ? undefined : session;
    },

    async renew(session, userAgent) {
      const isDue = now() - session.issuedAt.getTime() > renewAfterMs;
      const newExpiry = expiryOf(session, toWholeSecond(now()));
      const gainsTime = newExpiry.getTime() > session.expiresAt.getTime();
      if (session.use !== "cookie" || !isDue || !gainsTime) return undefined;
      const [renewed] = await Promise.all([signNow(session), noteUse(session, userAgent)]);
      return renewed;
    },

    revoke: ({ owner, sessionId }) =>
      orUnavailable(async () => {
        await revocations.add(sessionId, new Date(now() + rememberOwnerMs));
        await devices.remove({ owner, sessionId });
      }),
  };
}

/**
 * Returns the token that a request carries: `Authorization: Bearer` on every route, else the cookie. The cookie
 * belongs to the page's origin, so the function URL ignores it.
 */
function sentToken(
  request: HttpRequest,
  cookie: SessionCookie,
): { token: string; use: SessionUse } | undefined {
  const bearer = bearerTokenOf(request);
  if (bearer !== undefined) return { token: bearer, use: "bearer" };
  const token = request.receivedBy === "gateway" ? cookie.read(request) : undefined;
  return token === undefined ? undefined : { token, use: "cookie" };
}

export const bearerTokenOf = ({ headers }: HttpRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];

function expiryOf(login: Pick<Session, "authenticatedAt">, issuedAt: Date): Date {
  return new Date(
    Math.min(issuedAt.getTime() + idleMs, login.authenticatedAt.getTime() + absoluteMs),
  );
}

/** JWT times are whole seconds. */
function toWholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1_000) * 1_000);
}

/** Login, logout and the devices fail closed: without DynamoDB they return 503 instead of guessing. */
export async function orUnavailable<Result>(query: () => Promise<Result>): Promise<Result> {
  try {
    return await query();
  } catch (cause) {
    throw new HttpProblem(
      "service_unavailable",
      503,
      "Sign-in and sign-out are unavailable. Try again in a few seconds.",
      { retryAfterSeconds: 5, cause },
    );
  }
}

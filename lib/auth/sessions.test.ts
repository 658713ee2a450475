import { CompactSign, decodeJwt, decodeProtectedHeader, UnsecuredJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import { httpRequest } from "#test/support/http-request.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createSessions } from "./sessions.ts";

const hourMs = 60 * 60 * 1_000;
const dayMs = 24 * hourMs;
const oldKey = { kid: "old", key: "o".repeat(64) };
const newKey = { kid: "new", key: "n".repeat(64) };

let nowMs: number;
let tokenKeys: TokenKeys;
let store: ReturnType<typeof memoryRevocations>;
let recorded: ReturnType<typeof recordingTelemetry>;
let devices: ReturnType<typeof memoryDevices>;
let sessions: ReturnType<typeof createSessions>;

beforeEach(() => {
  nowMs = Date.parse("2026-03-01T12:00:00.400Z");
  tokenKeys = { keys: [oldKey], epoch: 1 };
  store = memoryRevocations();
  recorded = recordingTelemetry();
  devices = memoryDevices();
  sessions = createSessions({
    tokenKeys: async () => tokenKeys,
    revocations: store.revocations,
    devices: devices.devices,
    secureCookie: true,
    telemetry: recorded.telemetry,
    now: () => nowMs,
  });
});

/** Returns the session of a request, as the two steps of a route check it. */
async function verify(request: HttpRequest) {
  const session = await sessions.signedSession(request);
  return session && !(await sessions.isRevoked(session)) ? session : undefined;
}
const withCookie = (token: string, request: Partial<HttpRequest> = {}) =>
  httpRequest({ cookies: { "__Host-session": token }, ...request });
const withBearer = (token: string, request: Partial<HttpRequest> = {}) =>
  httpRequest({ headers: { authorization: `Bearer ${token}` }, ...request });

describe("a session", () => {
  it("a token is read as the session that issue created", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    expect(await verify(withCookie(token))).toEqual(session);
    expect(session.expiresAt).toEqual(new Date("2026-03-02T12:00:00.000Z"));
  });

  it("the token names its key and holds only the claims", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", kid: "old", typ: "JWT" });
    expect(decodeJwt(token)).toEqual({
      iss: "enterprise-agentic-ai",
      aud: "enterprise-agentic-ai",
      sub: session.owner,
      sid: session.sessionId,
      use: "cookie",
      ep: 1,
      auth_time: 1_772_366_400,
      iat: 1_772_366_400,
      exp: 1_772_366_400 + 86_400,
    });
  });

  it("each login gets a new session id and keeps the owner that it names", async () => {
    const first = await sessions.issue({ use: "cookie" });
    const stranger = await sessions.issue({ use: "cookie" });
    const again = await sessions.issue({ use: "cookie", owner: first.session.owner });
    expect(stranger.session.owner).not.toBe(first.session.owner);
    expect(again.session.owner).toBe(first.session.owner);
    expect(again.session.sessionId).not.toBe(first.session.sessionId);
    expect(first.session.sessionId).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it("a session expires after a day without a request", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    nowMs = session.expiresAt.getTime() - 1;
    expect(await verify(withCookie(token))).toBeDefined();
    nowMs += 1;
    expect(await verify(withCookie(token))).toBeUndefined();
  });

  it("a session is renewed hourly, keeps its ids, and ends seven days after the login", async () => {
    let { token, session } = await sessions.issue({ use: "cookie" });
    const { owner, sessionId, authenticatedAt } = session;
    nowMs += hourMs - 1_000;
    expect(await sessions.renew(session)).toBeUndefined();
    while (nowMs < authenticatedAt.getTime() + 7 * dayMs - hourMs) {
      nowMs += hourMs + 1_000;
      const renewed = await sessions.renew(session);
      if (renewed) ({ token, session } = renewed);
      expect(session).toMatchObject({ owner, sessionId, authenticatedAt });
    }
    expect(session.expiresAt).toEqual(new Date(authenticatedAt.getTime() + 7 * dayMs));
    session = { ...session, issuedAt: new Date(nowMs - 2 * hourMs) };
    expect(await sessions.renew(session)).toBeUndefined();
    nowMs = session.expiresAt.getTime();
    expect(await verify(withCookie(token))).toBeUndefined();
  });

  it("a program's session lives for a day and is not renewed", async () => {
    const { token, session } = await sessions.issue({ use: "bearer" });
    nowMs += dayMs - 1_000;
    expect(await verify(withBearer(token))).toEqual(session);
    expect(await sessions.renew(session)).toBeUndefined();
  });

  it("a session stays valid until its key is removed", async () => {
    const { token } = await sessions.issue({ use: "cookie" });
    tokenKeys = { keys: [newKey, oldKey], epoch: 1 };
    expect(await verify(withCookie(token))).toBeDefined();
    const later = await sessions.issue({ use: "cookie" });
    expect(decodeProtectedHeader(later.token).kid).toBe("new");
    tokenKeys = { keys: [newKey], epoch: 1 };
    expect(await verify(withCookie(token))).toBeUndefined();
    expect(await verify(withCookie(later.token))).toBeDefined();
  });

  it("a new epoch ends the session", async () => {
    const { token } = await sessions.issue({ use: "cookie" });
    tokenKeys = { ...tokenKeys, epoch: 2 };
    expect(await verify(withCookie(token))).toBeUndefined();
  });

  it("revoking a session invalidates each of its tokens", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    nowMs += 2 * hourMs;
    const renewed = await sessions.renew(session);
    await sessions.revoke(session);
    expect(await verify(withCookie(token))).toBeUndefined();
    expect(await verify(withCookie(renewed?.token ?? ""))).toBeUndefined();
  });

  it("a session is accepted while revocations cannot be read, and an error is logged", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    store.state.isDown = true;
    expect(await verify(withCookie(token))).toEqual(session);
    expect(recorded.lines).toMatchObject([
      { level: "error", event: "session.revocation_unchecked" },
    ]);
  });

  it("revoking a program's token ends the browser's session too", async () => {
    const browser = await sessions.issue({ use: "cookie" });
    const program = await sessions.issueProgramToken(browser.session);
    expect(program.session).toMatchObject({ ...browser.session, use: "bearer" });
    expect(await verify(withBearer(program.token))).toEqual(program.session);
    await sessions.revoke(program.session);
    expect(await verify(withBearer(program.token))).toBeUndefined();
    expect(await verify(withCookie(browser.token))).toBeUndefined();
  });

  it("a browser is a device of its owner from the login until it is signed out", async () => {
    const first = await sessions.issue({ use: "cookie", userAgent: "curl/8.5" });
    const { owner } = first.session;
    const listed = async () =>
      (await devices.devices.list(owner)).map((device) => device.sessionId);
    await sessions.issueProgramToken(first.session);
    expect(await devices.devices.list(owner)).toMatchObject([{ name: "curl" }]);
    nowMs += 2 * hourMs;
    await sessions.renew(first.session, "Firefox/145.0");
    expect(await devices.devices.list(owner)).toMatchObject([
      { name: "Firefox", signedInAt: first.session.issuedAt, lastUsedAt: new Date(nowMs - 400) },
    ]);
    const beside = await sessions.issue({ use: "cookie", owner, former: first.session });
    expect(await listed()).toEqual([first.session.sessionId, beside.session.sessionId]);
    nowMs += dayMs;
    const after = await sessions.issue({ use: "cookie", owner, former: first.session });
    expect(await listed()).toEqual([beside.session.sessionId, after.session.sessionId]);
    await sessions.revoke(after.session);
    expect(await listed()).toEqual([beside.session.sessionId]);
  });

  it("without the devices a login gets a 503, and a renewal goes on with a warning", async () => {
    const { session } = await sessions.issue({ use: "cookie" });
    devices.state.isDown = true;
    await expect(sessions.issue({ use: "cookie" })).rejects.toMatchObject({ status: 503 });
    nowMs += 2 * hourMs;
    expect(await sessions.renew(session)).toBeDefined();
    expect(recorded.lines).toMatchObject([{ level: "warn", event: "device.unrecorded" }]);
  });

  it("revoke throws a 503 while the revocation cannot be stored", async () => {
    const { session } = await sessions.issue({ use: "cookie" });
    store.state.isDown = true;
    await expect(sessions.revoke(session)).rejects.toMatchObject({
      status: 503,
      retryAfterSeconds: 5,
    });
  });
});

describe("a token's transport", () => {
  it.each([
    ["a cookie through the gateway", "cookie", withCookie, "gateway", true],
    ["a bearer through the gateway", "bearer", withBearer, "gateway", true],
    ["a bearer at the function URL", "bearer", withBearer, "function-url", true],
    ["a cookie at the function URL", "cookie", withCookie, "function-url", false],
    ["a cookie's token as bearer", "cookie", withBearer, "gateway", false],
    ["a bearer's token as cookie", "bearer", withCookie, "gateway", false],
  ] as const)("%s", async (_case, use, present, receivedBy, holds) => {
    const { token } = await sessions.issue({ use });
    expect((await verify(present(token, { receivedBy }))) !== undefined).toBe(holds);
  });

  it("a bearer token takes precedence over a cookie", async () => {
    const cookie = await sessions.issue({ use: "cookie" });
    const bearer = await sessions.issue({ use: "bearer" });
    const request = withBearer(bearer.token, { cookies: { "__Host-session": cookie.token } });
    expect(await verify(request)).toEqual(bearer.session);
  });
});

describe("a forged or broken token", () => {
  const claimsOf = async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    return { token, session, claims: decodeJwt(token) };
  };
  const sign = (claims: unknown, key = oldKey, header: Record<string, unknown> = {}) =>
    new CompactSign(Buffer.from(typeof claims === "string" ? claims : JSON.stringify(claims)))
      .setProtectedHeader({ alg: "HS256", kid: key.kid, ...header })
      .sign(Buffer.from(key.key));

  it("the unchanged token is accepted, so the cases below fail for their own reason", async () => {
    const { claims, session } = await claimsOf();
    expect(await verify(withCookie(await sign(claims)))).toEqual(session);
  });

  it.each<
    [string, (claims: ReturnType<typeof decodeJwt>, token: string) => string | Promise<string>]
  >([
    ["signed with a foreign key", (claims) => sign(claims, { ...newKey, kid: "old" })],
    ["signed with an unknown key", (claims) => sign(claims, newKey)],
    ["without a key's name", (claims) => sign(claims, oldKey, { kid: undefined })],
    ["of algorithm none", (claims) => new UnsecuredJWT(claims).encode()],
    [
      "of another algorithm",
      (claims) =>
        new CompactSign(Buffer.from(JSON.stringify(claims)))
          .setProtectedHeader({ alg: "HS512", kid: "old" })
          .sign(Buffer.from(oldKey.key)),
    ],
    ["of another issuer", (claims) => sign({ ...claims, iss: "somebody" })],
    ["for another audience", (claims) => sign({ ...claims, aud: "somebody" })],
    ["without a subject", ({ sub: _, ...claims }) => sign(claims)],
    ["without an expiry", ({ exp: _, ...claims }) => sign(claims)],
    ["with an expiry that is no number", (claims) => sign({ ...claims, exp: "never" })],
    ["for an unknown use", (claims) => sign({ ...claims, use: "admin" })],
    ["whose claims are no JSON", () => sign("claims")],
    ["whose claims are null", () => sign("null")],
    [
      "with the signature of other claims",
      (claims, token) =>
        `${Buffer.from("{}").toString("base64url")}.${JSON.stringify(claims)}.${token.split(".")[2]}`,
    ],
    ["cut short", (_claims, token) => token.slice(0, -1)],
    ["without its signature", (_claims, token) => token.slice(0, token.lastIndexOf(".") + 1)],
    ["with one part too many", (_claims, token) => `${token}.x`],
    ["of 8 KB", (_claims, token) => token + "A".repeat(8_192)],
    ["of 8 KB, validly signed", (claims) => sign({ ...claims, padding: "A".repeat(8_192) })],
    ["that is not ASCII", () => "ÄÖÜ.€.\u{1f600}"],
    ["with NUL in it", (_claims, token) => token.replace(".", ".\0")],
    ["that is empty", () => ""],
    ["of dots", () => ".."],
    ["that says undefined", () => "undefined"],
  ])("a token %s is refused without an error", async (_case, forge) => {
    const { claims, token } = await claimsOf();
    const forged = await forge(claims, token);
    expect(await verify(withCookie(forged))).toBeUndefined();
    expect(await verify(withBearer(forged))).toBeUndefined();
    expect(await sessions.formerSession(withCookie(forged))).toBeUndefined();
  });

  it.each(["Bearer", "Bearer ", "Basic dTpw", "Bearer a b", `Bearer ${"a.".repeat(10_000)}`])(
    "the header Authorization: %.20s is refused",
    async (authorization) => {
      expect(await verify(httpRequest({ headers: { authorization } }))).toBeUndefined();
    },
  );
});

describe("formerSession", () => {
  it.each([
    ["cookie", withCookie],
    ["bearer", withBearer],
  ] as const)("returns the owner of an expired %s", async (use, present) => {
    const { token, session } = await sessions.issue({ use });
    nowMs += 30 * dayMs;
    expect(await verify(present(token))).toBeUndefined();
    expect(await sessions.formerSession(present(token))).toEqual(session);
  });

  it("returns undefined without a token", async () => {
    expect(await sessions.formerSession(httpRequest())).toBeUndefined();
  });

  it("returns no revoked session, not even after DynamoDB forgot the revocation", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    await sessions.revoke(session);
    expect(await sessions.formerSession(withCookie(token))).toBeUndefined();
    // From here on DynamoDB may have forgotten it.
    nowMs = store.ended.get(session.sessionId)?.getTime() ?? 0;
    store.ended.clear();
    expect(await sessions.formerSession(withCookie(token))).toBeUndefined();
  });

  it("returns no session of another epoch", async () => {
    const { token } = await sessions.issue({ use: "cookie" });
    tokenKeys = { ...tokenKeys, epoch: 2 };
    expect(await sessions.formerSession(withCookie(token))).toBeUndefined();
  });

  it("throws a 503 while the revocation cannot be read", async () => {
    const { token } = await sessions.issue({ use: "cookie" });
    store.state.isDown = true;
    await expect(sessions.formerSession(withCookie(token))).rejects.toMatchObject({ status: 503 });
  });
});

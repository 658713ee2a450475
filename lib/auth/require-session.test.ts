import { describe, expect, it } from "vitest";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { httpRequest } from "#test/support/http-request.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { requireSession, requireToken } from "./require-session.ts";
import { createSessions } from "./sessions.ts";

let nowMs = Date.parse("2026-03-01T12:00:00Z");
const { telemetry } = recordingTelemetry();
const { revocations } = memoryRevocations();
const sessions = createSessions({
  tokenKeys: async () => ({ keys: [{ kid: "1", key: "k".repeat(32) }], epoch: 1 }),
  revocations,
  devices: memoryDevices().devices,
  secureCookie: true,
  telemetry,
  now: () => nowMs,
});
const route = defineRoute("test", telemetry)
  .use(requireToken(sessions))
  .use(requireSession(sessions))
  .handler(async ({ session }) => json(200, { ...session }));
const call = (headers: Record<string, string>) => invoke(route, gatewayEvent({ headers }));

describe("requireSession", () => {
  it("the route receives the session", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    const answer = await call({ Cookie: `a=b; __Host-session=${token}` });
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      owner: session.owner,
      expiresAt: session.expiresAt.toISOString(),
    });
  });

  it("a cookie older than an hour is renewed in the response", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    nowMs += 60 * 60 * 1_000 + 1_000;
    const answer = await call({ Cookie: `__Host-session=${token}` });
    const [cookie = ""] = setCookies(answer);
    expect(cookie).toMatch(/^__Host-session=ey/);
    const [, renewed = ""] = /^__Host-session=([^;]+);/.exec(cookie) ?? [];
    const verified = await sessions.signedSession(
      httpRequest({ cookies: { "__Host-session": renewed } }),
    );
    expect(verified).toMatchObject({ owner: session.owner, issuedAt: new Date(nowMs) });
    expect(JSON.parse(answer.body).expiresAt).toBe(verified?.expiresAt.toISOString());
  });

  it("a fresh cookie and a bearer token are not renewed", async () => {
    const cookie = await sessions.issue({ use: "cookie" });
    const bearer = await sessions.issue({ use: "bearer" });
    nowMs += 60 * 60 * 1_000;
    expect(setCookies(await call({ Cookie: `__Host-session=${cookie.token}` }))).toEqual([]);
    expect(setCookies(await call({ Authorization: `Bearer ${bearer.token}` }))).toEqual([]);
  });

  it("an invalid cookie gets a 401 and is not deleted", async () => {
    const answer = await call({ Cookie: "__Host-session=nonsense" });
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({
      type: "unauthorized",
      detail: "Sign in to continue.",
    });
    expect(setCookies(answer)).toEqual([]);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
  });

  it("a revoked session gets a 401 and no renewed cookie", async () => {
    const { token, session } = await sessions.issue({ use: "cookie" });
    nowMs += 60 * 60 * 1_000 + 1_000;
    await sessions.revoke(session);
    const answer = await call({ Cookie: `__Host-session=${token}` });
    expect(answer.statusCode).toBe(401);
    expect(setCookies(answer)).toEqual([]);
  });

  it("a request without a checked token is not let through", async () => {
    const unchecked = defineRoute("test", telemetry)
      .use(requireSession(sessions))
      .handler(async () => json(200, {}));
    expect((await invoke(unchecked, gatewayEvent())).statusCode).toBe(500);
  });

  it("a 401 of the function URL names the Bearer scheme", async () => {
    const event = httpRequest({ receivedBy: "function-url" });
    const before = async () => requireToken(sessions).before?.({ event } as never);
    await expect(before()).rejects.toMatchObject({
      status: 401,
      headers: { "www-authenticate": "Bearer" },
    });
  });
});

function setCookies({ multiValueHeaders }: Awaited<ReturnType<typeof invoke>>): string[] {
  return multiValueHeaders?.["set-cookie"] ?? [];
}

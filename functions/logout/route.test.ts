import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSessions } from "#lib/auth/sessions.ts";
import { toHttpRequest } from "#lib/platform/http/http-request.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createLogout } from "./route.ts";

async function loggedIn() {
  const { telemetry } = recordingTelemetry();
  const key = { kid: "1", key: randomBytes(32).toString("hex") };
  const { revocations, state } = memoryRevocations();
  const sessions = createSessions({
    tokenKeys: async () => ({ keys: [key], epoch: 1 }),
    revocations,
    devices: memoryDevices().devices,
    secureCookie: true,
    telemetry,
  });
  const handler = createLogout({ telemetry, sessions, publicOrigin: undefined });
  const browser = await sessions.issue({ use: "cookie" });
  const program = await sessions.issueProgramToken(browser.session);
  const asBrowser = { cookie: `__Host-session=${browser.token}` };
  const asProgram = { authorization: `bearer ${program.token}` };
  return {
    state,
    asBrowser,
    asProgram,
    logout: (headers: Record<string, string>) =>
      invoke(handler, gatewayEvent({ method: "POST", path: "/api/logout", headers })),
    async holds(headers: Record<string, string>) {
      const session = await sessions.signedSession(toHttpRequest(gatewayEvent({ headers })));
      return session !== undefined && !(await sessions.isRevoked(session));
    },
  };
}

const removed = "__Host-session=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0";

describe("POST /api/logout", () => {
  it("revokes the program's token together with the cookie of its login", async () => {
    const { logout, holds, asBrowser, asProgram } = await loggedIn();
    expect([await holds(asBrowser), await holds(asProgram)]).toEqual([true, true]);
    expect((await logout(asBrowser)).statusCode).toBe(204);
    expect([await holds(asBrowser), await holds(asProgram)]).toEqual([false, false]);
  });

  it("revokes both when the program sends its token", async () => {
    const { logout, holds, asBrowser, asProgram } = await loggedIn();
    expect((await logout(asProgram)).statusCode).toBe(204);
    expect([await holds(asBrowser), await holds(asProgram)]).toEqual([false, false]);
  });

  it("deletes the cookie even when a 503 says that the session cannot be revoked", async () => {
    const { logout, state, asBrowser } = await loggedIn();
    state.isDown = true;
    const answer = await logout(asBrowser);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(answer.multiValueHeaders?.["set-cookie"]).toEqual([removed]);
  });

  it.each([
    ["no session", {}],
    ["a broken token", { cookie: "__Host-session=nothing" }],
  ])("returns a 204 for %s", async (_case, headers) => {
    const answer = await (await loggedIn()).logout(headers);
    expect(answer.statusCode).toBe(204);
    expect(answer.multiValueHeaders?.["set-cookie"]).toEqual([removed]);
  });
});

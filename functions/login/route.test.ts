import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSessions } from "#lib/auth/sessions.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createLogin } from "./route.ts";

function loginRoute({ isStoreDown = (): boolean => false } = {}) {
  const { telemetry, measured } = recordingTelemetry();
  const key = { kid: "1", key: randomBytes(32).toString("hex") };
  const revoked = new Set<string>();
  const sessions = createSessions({
    tokenKeys: async () => ({ keys: [key], epoch: 1 }),
    revocations: {
      add: async (id) => void revoked.add(id),
      has: async (id) => {
        if (isStoreDown()) throw new TypeError("out of reach");
        return revoked.has(id);
      },
    },
    devices: memoryDevices().devices,
    secureCookie: true,
    telemetry,
  });
  const rule = bucketRules({ chatRequestsPerMinute: 10, conversationRequestsPerMinute: 60 }).login;
  const handler = createLogin({
    telemetry,
    sessions,
    publicOrigin: "https://chat.example",
    bucket: createBucket({ ...rule, store: createMemoryBucketStore(), telemetry }),
    addressOf: async () => "somebody",
    demoPassword: async () => "correct horse battery",
  });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    invoke(handler, gatewayEvent({ method: "POST", path: "/api/login", body, headers }));
  return { post, measured };
}

const right = { password: "correct horse battery" };

describe("POST /api/login", () => {
  it("sets a cookie that scripts and other sites cannot use", async () => {
    const answer = await loginRoute().post(right);
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ message: "Login successful" });
    const [cookie] = answer.multiValueHeaders?.["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-session=\S+; Secure; HttpOnly; SameSite=Strict; Path=\//);
  });

  it("returns a bearer token to a program that requests one", async () => {
    const answer = await loginRoute().post({ ...right, token: true });
    expect(JSON.parse(answer.body)).toMatchObject({
      token: expect.stringMatching(/^ey/),
      expires_at: expect.stringMatching(/Z$/),
    });
  });

  it("refuses the sixth wrong password, and then also the right password", async () => {
    const { post, measured } = loginRoute();
    for (let count = 0; count < 5; count += 1) {
      expect((await post({ password: "wrong" })).statusCode).toBe(401);
    }
    expect((await post(right)).statusCode).toBe(429);
    expect(measured.filter(({ metric }) => metric === "LoginFailure")).toHaveLength(5);
  });

  it("returns the rate-limit token of a successful login, so that ten logins in a row succeed", async () => {
    const { post } = loginRoute();
    for (let count = 0; count < 10; count += 1) {
      expect((await post(right)).statusCode).toBe(200);
    }
  });

  it("returns the rate-limit token of an attempt that failed without DynamoDB", async () => {
    let isDown = false;
    const { post } = loginRoute({ isStoreDown: () => isDown });
    const [cookie = ""] = (await post(right)).multiValueHeaders?.["set-cookie"] ?? [];
    const known = { cookie: cookie.split(";", 1)[0] ?? "" };
    isDown = true;
    for (let count = 0; count < 6; count += 1) {
      expect((await post(right, known)).statusCode).toBe(503);
    }
    isDown = false;
    expect((await post(right, known)).statusCode).toBe(200);
  });

  it("refuses a cross-site request before it checks the password", async () => {
    const answer = await loginRoute().post(right, { "sec-fetch-site": "cross-site" });
    expect(answer.statusCode).toBe(403);
  });

  it("refuses a body that is larger than a login needs", async () => {
    const answer = await loginRoute().post({ ...right, padding: "x".repeat(1_024) });
    expect(answer.statusCode).toBe(413);
  });

  it("compares the password without trimming", async () => {
    const answer = await loginRoute().post({ password: " correct horse battery" });
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain("horse");
  });
});

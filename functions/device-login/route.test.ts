import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSessions } from "#lib/auth/sessions.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createDeviceLogin } from "./route.ts";

const owner = "11111111-1111-4111-8111-111111111111";
const authenticatedAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 6 * 86_400_000);

function deviceLoginRoute({ isDown = (): boolean => false } = {}) {
  const { telemetry } = recordingTelemetry();
  const key = { kid: "1", key: randomBytes(32).toString("hex") };
  const { devices } = memoryDevices();
  const sessions = createSessions({
    tokenKeys: async () => ({ keys: [key], epoch: 1 }),
    revocations: memoryRevocations().revocations,
    devices,
    secureCookie: true,
    telemetry,
  });
  const rules = bucketRules({ chatRequestsPerMinute: 10, conversationRequestsPerMinute: 60 });
  const store = createMemoryBucketStore();
  let address = "somebody";
  const handler = createDeviceLogin({
    telemetry,
    sessions,
    publicOrigin: "https://chat.example",
    bucket: createBucket({ ...rules.deviceLogin, store, telemetry }),
    addressOf: async () => address,
    deviceCodes: {
      async redeem(code) {
        if (isDown()) throw new TypeError("out of reach");
        return code === "right" ? { owner, authenticatedAt } : undefined;
      },
    },
  });
  return {
    sessions,
    devices,
    from(name: string) {
      address = name;
    },
    post: (body: unknown, headers: Record<string, string> = {}) =>
      invoke(
        handler,
        gatewayEvent({ method: "POST", path: "/api/v1/device-logins", body, headers }),
      ),
  };
}

describe("POST /api/v1/device-logins", () => {
  it("sets the cookie of the code's owner, and ends with the password's seven days", async () => {
    const { post, sessions, devices } = deviceLoginRoute();
    const answer = await post({ code: "right" }, { "user-agent": "curl/8.5" });
    expect(answer.statusCode).toBe(200);
    const [cookie = ""] = answer.multiValueHeaders?.["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-session=\S+; Secure; HttpOnly; SameSite=Strict; Path=\//);
    const [, token = ""] = /=([^;]+)/.exec(cookie) ?? [];
    const session = await sessions.signedSession(
      Object.assign(
        { headers: {}, cookies: { "__Host-session": token } },
        { receivedBy: "gateway" },
      ) as never,
    );
    expect(session).toMatchObject({ owner, authenticatedAt });
    expect(session?.expiresAt.getTime()).toBe(authenticatedAt.getTime() + 7 * 86_400_000);
    expect(await devices.list(owner)).toMatchObject([
      { name: "curl", sessionId: session?.sessionId },
    ]);
  });

  it("refuses the sixth wrong code of an address, and then also the right one", async () => {
    const { post } = deviceLoginRoute();
    for (let count = 0; count < 5; count += 1) {
      expect((await post({ code: "wrong" })).statusCode).toBe(401);
    }
    expect((await post({ code: "right" })).statusCode).toBe(429);
  });

  it("takes the right code after strangers have used up their tries at a hundred addresses", async () => {
    const { post, from } = deviceLoginRoute();
    for (let count = 0; count < 600; count += 1) {
      from(`stranger-${count % 100}`);
      expect((await post({ code: "wrong" })).statusCode).toBe(count < 500 ? 401 : 429);
    }
    from("somebody");
    expect((await post({ code: "right" })).statusCode).toBe(200);
  });

  it("a login, and a failure without DynamoDB, spend nothing", async () => {
    let isDown = false;
    const { post } = deviceLoginRoute({ isDown: () => isDown });
    for (let count = 0; count < 7; count += 1) {
      expect((await post({ code: "right" })).statusCode).toBe(200);
    }
    isDown = true;
    for (let count = 0; count < 7; count += 1) {
      expect((await post({ code: "right" })).statusCode).toBe(503);
    }
    isDown = false;
    expect((await post({ code: "right" })).statusCode).toBe(200);
  });

  it.each([
    [403, { code: "right" }, { "sec-fetch-site": "cross-site" }],
    [413, { code: "right", padding: "x".repeat(1_024) }, {}],
    [400, { code: "x".repeat(65) }, {}],
    [400, { code: "" }, {}],
    [400, {}, {}],
  ])("answers %i to %j %j", async (status, body, headers) => {
    expect((await deviceLoginRoute().post(body, headers)).statusCode).toBe(status);
  });
});

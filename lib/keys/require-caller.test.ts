import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createSessions } from "#lib/auth/sessions.ts";
import type { Scope } from "#lib/contract/api-key.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { generateApiKey } from "./api-key.ts";
import type { KeyHolder } from "./key-holders.ts";
import { requireCaller, requireCredential } from "./require-caller.ts";

const { telemetry } = recordingTelemetry();
const rules = bucketRules({ chatRequestsPerMinute: 3, conversationRequestsPerMinute: 60 });

/** A route for callers with the scope `chat`, and a person with both kinds of token. */
async function openRoute({ cookies = true } = {}) {
  const signing = { kid: "1", key: randomBytes(32).toString("hex") };
  const sessions = createSessions({
    tokenKeys: async () => ({ keys: [signing], epoch: 1 }),
    ...{ revocations: memoryRevocations().revocations, devices: memoryDevices().devices },
    ...{ secureCookie: true, telemetry },
  });
  const known = new Map<string, KeyHolder>();
  const bucketOf = (name: "chatPost" | "keyFailures") =>
    createBucket({ ...rules[name], store: createMemoryBucketStore(), telemetry });
  const dependencies = {
    ...{ sessions, keyFailures: bucketOf("keyFailures"), addressOf: async () => "somebody" },
    keys: { find: async (_id: string, key: string) => known.get(key) },
  };
  const route = defineRoute("test", telemetry)
    .use(requireCredential(dependencies, { cookies }))
    .use(
      sideBySide(
        requireCaller(dependencies, "chat"),
        limitRate(bucketOf("chatPost"), dependencies.addressOf),
      ),
    )
    .handler(async ({ caller }) => json(200, caller));
  const { token: cookie, session } = await sessions.issue({ use: "cookie", owner: "person" });
  const { token: bearer } = await sessions.issueProgramToken(session);
  return {
    sessions,
    session,
    cookie: `__Host-session=${cookie}`,
    bearer: `Bearer ${bearer}`,
    makeKey(scopes: Scope[] = ["chat"]): string {
      const { key, id } = generateApiKey();
      known.set(key, { keyId: id, owner: "program", scopes });
      return `Bearer ${key}`;
    },
    revoke: (authorization: string) => known.delete(authorization.slice("Bearer ".length)),
    async send(headers: Record<string, string>) {
      const { statusCode, body } = await invoke(route, gatewayEvent({ headers }));
      return { statusCode, body: JSON.parse(String(body)) };
    },
  };
}

it("a key acts as its owner, and the request knows the key", async () => {
  const { makeKey, send } = await openRoute();
  const authorization = makeKey();
  expect(await send({ authorization })).toEqual({
    statusCode: 200,
    body: { owner: "program", keyId: authorization.split("_")[1] },
  });
});

it("a session acts as its owner, with a cookie and with a bearer token", async () => {
  const { bearer, cookie, send } = await openRoute();
  const person = { statusCode: 200, body: { owner: "person" } };
  expect(await send({ cookie })).toEqual(person);
  expect(await send({ authorization: bearer })).toEqual(person);
});

it("a route without cookies ignores a cookie, also beside a key", async () => {
  const { bearer, cookie, makeKey, send } = await openRoute({ cookies: false });
  expect(await send({ cookie })).toMatchObject({ statusCode: 401 });
  expect(await send({ cookie, authorization: bearer })).toMatchObject({ statusCode: 200 });
  expect(await send({ cookie, authorization: makeKey() })).toMatchObject({
    body: { owner: "program" },
  });
});

it("a key never works as a cookie", async () => {
  const { makeKey, send } = await openRoute();
  const key = makeKey().slice("Bearer ".length);
  expect(await send({ cookie: `__Host-session=${key}` })).toMatchObject({ statusCode: 401 });
});

it("a bad key is refused although the request has a good cookie", async () => {
  const { cookie, send } = await openRoute();
  const { key } = generateApiKey();
  expect(await send({ cookie, authorization: `Bearer ${key}` })).toMatchObject({ statusCode: 401 });
});

it("a key without the scope gets a 403 that names the scope", async () => {
  const { makeKey, send } = await openRoute();
  const authorization = makeKey(["documents:read"]);
  expect(await send({ authorization })).toMatchObject({
    statusCode: 403,
    body: { type: "missing_scope", detail: "This key needs the scope chat." },
  });
});

it.each<[string, (key: string) => string]>([
  ["unknown", () => generateApiKey().key],
  ["mistyped", (key) => `${key.slice(0, -1)}${key.endsWith("a") ? "b" : "a"}`],
  ["cut", (key) => key.slice(0, 20)],
])("an %s key gets a 401, and after twenty of them the address a 429", async (_, spoil) => {
  const { makeKey, send } = await openRoute();
  const good = makeKey();
  const authorization = `Bearer ${spoil(good.slice("Bearer ".length))}`;
  for (let count = 0; count < 20; count += 1) {
    const { statusCode, body } = await send({ authorization });
    expect([statusCode, body.detail]).toEqual([401, "This API key is not valid. Use another one."]);
  }
  expect(await send({ authorization })).toMatchObject({
    statusCode: 429,
    body: { type: "rate_limited", retry_after: expect.any(Number) },
  });
  // Refused keys have spent none of the route's three tokens, and a good key does not depend on its neighbours.
  expect(await send({ authorization: good })).toMatchObject({ statusCode: 200 });
});

it("a revoked key and a revoked session get a 401", async () => {
  const { bearer, makeKey, revoke, send, session, sessions } = await openRoute();
  const authorization = makeKey();
  expect(await send({ authorization })).toMatchObject({ statusCode: 200 });
  revoke(authorization);
  expect(await send({ authorization })).toMatchObject({ statusCode: 401 });
  await sessions.revoke(session);
  expect(await send({ authorization: bearer })).toMatchObject({ statusCode: 401 });
});

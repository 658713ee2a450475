import { expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { endOfWork } from "#lib/platform/http/work-after-response.ts";
import { httpRequest } from "#test/support/http-request.ts";
import { openStream } from "#test/support/open-stream.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { delta } from "#test/support/stream-events.ts";
import { untilRevoked } from "./until-revoked.ts";

const { telemetry } = recordingTelemetry();
const request = { ...httpRequest(), apiKey: { id: "id", key: "key" } };

it("a stream of a valid key passes unchanged", async () => {
  const source = openStream();
  const keys = {
    keptMs: 1,
    find: async () => ({ keyId: "id", owner: "o", scopes: ["chat" as const] }),
  };
  const stream = untilRevoked({ keys, telemetry }, request, source.stream);
  const received: StreamEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) received.push(event);
  })();
  source.send(delta("one"));
  await expect.poll(() => received).toHaveLength(1);
  source.send(delta("two"));
  source.end();
  await reading;
  expect(received).toEqual([delta("one"), delta("two")]);
});

it("a stream ends with an error once its key is revoked, and its source is read to the end afterwards", async () => {
  const source = openStream();
  let isLive = true;
  const keys = {
    keptMs: 1,
    find: async () => (isLive ? { keyId: "id", owner: "o", scopes: ["chat" as const] } : undefined),
  };
  const received: StreamEvent[] = [];
  const reading = (async () => {
    for await (const event of untilRevoked({ keys, telemetry }, request, source.stream)) {
      received.push(event);
    }
  })();
  source.send(delta("one"));
  await expect.poll(() => received).toHaveLength(1);
  isLive = false;
  await reading;
  expect(source.isRead()).toBe(false);
  source.send(delta("secret"));
  source.end();
  await endOfWork(request);
  expect(source.isRead()).toBe(true);
  expect(received.map(({ event }) => event)).toEqual(["delta", "error"]);
  expect(received[1]?.data).toMatchObject({ type: "unauthorized", status: 401, retryable: false });
});

it("a database that is down ends no stream", async () => {
  const source = openStream();
  let lookUps = 0;
  const keys = {
    keptMs: 1,
    async find() {
      lookUps += 1;
      throw new Error("down");
    },
  };
  const received: StreamEvent[] = [];
  const reading = (async () => {
    for await (const event of untilRevoked({ keys, telemetry }, request, source.stream)) {
      received.push(event);
    }
  })();
  await expect.poll(() => lookUps).toBeGreaterThan(2);
  source.send(delta("one"));
  source.end();
  await reading;
  expect(received).toEqual([delta("one")]);
});

it("a stream of a session is not checked", () => {
  const source = openStream();
  const keys = { find: () => Promise.reject(new Error("not called")) };
  const withSession = httpRequest();
  expect(untilRevoked({ keys, telemetry }, withSession, source.stream)).toBe(source.stream);
});

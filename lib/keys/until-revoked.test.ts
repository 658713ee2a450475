import { expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { httpRequest } from "#test/support/http-request.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { untilRevoked } from "./until-revoked.ts";

const { telemetry } = recordingTelemetry();
const delta = (text: string): StreamEvent => ({ event: "delta", data: { text } });
const request = { ...httpRequest(), apiKey: { id: "id", key: "key" } };

/** A stream that sends one event for each `send()`, and ends with `end()`. */
function openStream() {
  const events: StreamEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let [isOver, isRead] = [false, false];
  async function* stream(): AsyncGenerator<StreamEvent> {
    for (;;) {
      while (events.length > 0) yield events.shift() as StreamEvent;
      if (isOver) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    isRead = true;
  }
  return {
    stream: stream(),
    send(text: string) {
      events.push(delta(text));
      wake.resolve();
    },
    end() {
      isOver = true;
      wake.resolve();
    },
    isRead: () => isRead,
  };
}

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
  source.send("one");
  await expect.poll(() => received).toHaveLength(1);
  source.send("two");
  source.end();
  await reading;
  expect(received).toEqual([delta("one"), delta("two")]);
});

it("a stream ends with an error once its key is revoked, and its source is read to the end", async () => {
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
  source.send("one");
  await expect.poll(() => received).toHaveLength(1);
  isLive = false;
  await expect.poll(() => received.at(-1)?.event).toBe("error");
  source.send("secret");
  source.end();
  await reading;
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
  source.send("one");
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

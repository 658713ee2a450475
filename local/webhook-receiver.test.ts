import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSendWebhook } from "#lib/tools/send-webhook.ts";
import { toolContext } from "#test/support/tool-context.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

let receiver: WebhookReceiver;
let log: string[];
beforeEach(async () => {
  log = [];
  receiver = await startWebhookReceiver({ log: (line) => log.push(line) });
});
afterEach(() => receiver.close());

const post = (body: string, key = "k1") =>
  fetch(receiver.address, { method: "POST", body, headers: { "idempotency-key": key } });

describe("the sample webhook", () => {
  it("keeps, logs and shows what the tool sends", async () => {
    const tool = createSendWebhook({
      webhooks: new Map([["sample", new URL(receiver.address)]]),
      ...{ version: "1", mayUseLoopback: true },
    });
    const call = { to: "sample", body: { text: "<b>Hi</b>" } };
    const answer = await tool.run(call, toolContext({ receiptId: "r1" }));
    expect(answer).toContain('{"received":true,"repeated":false}');
    expect(receiver.calls).toMatchObject([{ idempotencyKey: "r1", body: '{"text":"<b>Hi</b>"}' }]);
    expect(log).toEqual([expect.stringContaining("The sample webhook received")]);
    const shown = await fetch(receiver.address);
    expect(shown.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await shown.text()).toMatch(/^A sample: .*\n\n.*r1\n\{"text":"<b>Hi<\/b>"\}\n$/s);
  });

  it("counts a repeated call once", async () => {
    await post("a");
    expect(await (await post("a")).json()).toEqual({ received: true, repeated: true });
    await post("b", "k2");
    expect(receiver.calls.map(({ body }) => body)).toEqual(["a", "b"]);
  });

  it("shows that nothing has come yet", async () => {
    expect(await (await fetch(receiver.address)).text()).toContain("None yet.");
  });

  it("keeps the newest 100 calls", async () => {
    for (let index = 0; index < 101; index += 1) await post(String(index), `k${index}`);
    expect(receiver.calls.map(({ body }) => body).slice(0, 2)).toEqual(["1", "2"]);
    expect(receiver.calls).toHaveLength(100);
  });

  it("refuses a body of more than 64 KB", async () => {
    expect((await post("x".repeat(70_000))).status).toBe(413);
    expect(receiver.calls).toEqual([]);
  });

  it("refuses other methods, and a page of another name", async () => {
    expect((await fetch(receiver.address, { method: "PUT" })).status).toBe(405);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(receiver.address, { headers: { host: "evil.example" } }, (response) => {
      resolve(response.resume().statusCode);
    }).end();
    expect(await promise).toBe(403);
  });
});

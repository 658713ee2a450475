import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEventStream } from "#frontend/api/event-stream.ts";
import { answerWith } from "#local/bedrock/script.ts";
import { readAll, textOf } from "#test/support/chat-client.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 });
const readers = 20;

// The short form of these is frontend/src/api/event-stream.test.ts, against a scripted server.
describe.runIf(isFullRun)("the page's reader", { timeout: 600_000 }, () => {
  let proxy: CuttingProxy;
  beforeAll(async () => {
    proxy = await startCuttingProxy(system.client);
  });
  afterAll(() => proxy.close());

  it("ends with the stored text, wherever its connection is cut", async (context) => {
    const answer = "Grüße 👋!";
    const whole = await streamBytes(answer);
    for (let bytes = 1; bytes < whole; bytes += 1) {
      system.twin.parts.bedrock.script.add(answerWith(answer));
      const { stream_url } = await system.client.post(`Cut after ${bytes} bytes.`);
      proxy.cutAfter(bytes);
      expect(await readAsPage(proxy.url(stream_url)), `cut after ${bytes} bytes`).toBe(answer);
    }
    noteFigures(context, { cuts: whole - 1, mismatches: 0 });
  });

  it(`${readers} at once, joining at any time, end with one text`, async (context) => {
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 6 });
    const { stream_url } = await system.client.post("Write a long answer for many readers.");
    const first = system.client.send(stream_url).then(readAll);
    await gate.reached;
    const url = proxy.url(stream_url);
    const early = Array.from({ length: readers / 2 }, () => readAsPage(url));
    gate.release();
    const late = Array.from({ length: readers / 2 - 1 }, () => readAsPage(url));
    const texts = [textOf(await first), ...(await Promise.all([...early, ...late]))];
    noteFigures(context, { readers: texts.length });
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toBe("");
  });
});

/** What a page shows in the end; its pauses are cut out. */
async function readAsPage(url: string): Promise<string> {
  const signal = AbortSignal.timeout(60_000);
  const events = [];
  for await (const event of readEventStream(url, { signal, pause: async () => {} })) {
    events.push(event);
  }
  expect(events.at(-1)?.event).toBe("done");
  return textOf(events);
}

async function streamBytes(answer: string): Promise<number> {
  system.twin.parts.bedrock.script.add(answerWith(answer));
  const { stream_url } = await system.client.post("How long is it?");
  return (await (await system.client.send(stream_url)).arrayBuffer()).byteLength;
}

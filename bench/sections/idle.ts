import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "#bench/bench.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { openDistance, prepareBuild, startHealth } from "#bench/servers.ts";
import { startTwin } from "#local/twin.ts";
import { openPage, send, signIn, turns } from "#test/support/browser-page.ts";
import { launchChromium } from "#test/support/chromium.ts";

const idleMs = 60_000;
/** After this time the page and the functions have ended what an answer leaves to do. */
const settleMs = 3_000;

/** Counts what an open page and idle functions send to the database in a minute, and what a check of liveness sends. */
export async function measureIdle(bench: Bench): Promise<Samples> {
  const { samples, add } = createRecorder();
  add("idle-requests", "this", await requestsWhileIdle(bench));
  for (const { party, build } of bench.builds) {
    await using cleanUp = new AsyncDisposableStack();
    const distance = await openDistance(bench.commons, 0, cleanUp);
    const prepared = await prepareBuild(build, bench.commons, cleanUp, `idle_${party}`);
    const address = await startHealth(await distance.around(prepared), cleanUp);
    const response = await fetch(`${address}/health?live=1`);
    if (response.status !== 200) throw new Error(`/health?live=1 returned ${response.status}.`);
    add("live-health-requests", party, (await distance.takeRequests()).length);
  }
  return samples;
}

async function requestsWhileIdle(bench: Bench): Promise<number> {
  await using cleanUp = new AsyncDisposableStack();
  const dataDirectory = join(bench.folder, "idle");
  mkdirSync(dataDirectory);
  const twin = await startTwin({
    port: 0,
    dataDirectory,
    modelProvider: "demo",
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
  });
  cleanUp.defer(() => twin.stop());
  const browser = await launchChromium();
  cleanUp.defer(() => browser.close());
  const { page } = await openPage(browser, twin.url);
  await signIn(page, twin.password);
  await send(page, "Hello");
  await turns(page).getByText("Demo model ·").waitFor();
  await delay(settleMs);
  const { neon } = twin.parts;
  const before = neon.requests("app");
  bench.note(`idle: waiting for ${idleMs / 1_000} s`);
  await delay(idleMs);
  return neon.requests("app") - before;
}

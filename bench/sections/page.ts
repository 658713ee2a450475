import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "#bench/bench.ts";
import { measurePageFirstToken } from "#bench/page/first-token.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { startPageTwin } from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";
import { launchChromium } from "#test/support/chromium.ts";
import { gzippedBytes, startScripts } from "#test/support/page-scripts.ts";

const roundTripMs = 40;
const tokenMs = 10;
const turnsOfRound = 5;

/** Measures the page of a whole twin in Chromium: from Enter to the first token, and its scripts before the login paints. */
export async function measurePage(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const { model } = bench.commons;
  const { samples, add } = createRecorder();
  const pages = [];
  for (const { party, build } of bench.builds) {
    const data = join(bench.folder, `page-${party}`);
    mkdirSync(data);
    pages.push({ party, origin: await startPageTwin(build, bench.commons, data, cleanUp) });
    // The start of the twin has built the page.
    const page = join(build.root, "dist/page");
    add("page-scripts", party, (await gzippedBytes(await startScripts(page), page)) / 1_024);
  }
  const browser = await launchChromium();
  cleanUp.defer(() => browser.close());
  for (let round = 1; round <= bench.size.rounds; round += 1) {
    for (const { party, origin } of pages) {
      await model.call("setTokenMs", tokenMs);
      const options = { browser, roundTripMs, turns: turnsOfRound };
      const times = await measurePageFirstToken(origin, options);
      const modelMs = median(await model.call<number[]>("firstTokenWaits"));
      add("page-first-token", party, median(times) - modelMs);
    }
    await model.call("setTokenMs", 0);
    bench.note(`page: round ${round} of ${bench.size.rounds}`);
  }
  return samples;
}

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { startTwin, type Twin, type TwinOptions } from "#local/twin.ts";
import { signIn, type Visit, visit } from "./browser-visit.ts";
import { launchChromium } from "./chromium.ts";
import { twinOptions } from "./twin-options.ts";

/**
 * A twin and a browser for one test file, started and stopped by its hooks. After each test nothing may have
 * happened on its pages that must never happen, and they are closed.
 */
export function browserOnTwin(
  environment: Record<string, string> = {},
  twinOnly: Pick<TwinOptions, "viewerAddress"> = {},
) {
  // Of tests that share an address and a minute; the limit itself is a test of its own.
  const options = {
    ...twinOptions({ CONVERSATION_REQUESTS_PER_MINUTE: "120", ...environment }),
    ...twinOnly,
  };
  const visits: Visit[] = [];
  let started: { twin: Twin; browser: Browser } | undefined;
  const running = () => {
    if (!started) throw new Error("The twin runs only within tests.");
    return started;
  };
  const open = async (context: BrowserContextOptions = {}): Promise<Visit> => {
    const { twin, browser } = running();
    const visited = await visit(browser, twin.url, context);
    visits.push(visited);
    return visited;
  };

  beforeAll(async () => {
    const [twin, browser] = await Promise.all([startTwin(options), launchChromium()]);
    started = { twin, browser };
  });
  afterAll(async () => {
    await started?.browser.close();
    await started?.twin.stop();
  });
  afterEach(async () => {
    for (const { page, complaints } of visits.splice(0)) {
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  return {
    get twin(): Twin {
      return running().twin;
    },
    visit: open,
    async signedIn(context: BrowserContextOptions = {}): Promise<Page> {
      const { page } = await open(context);
      await signIn(page, running().twin.password);
      return page;
    },
  };
}

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { startTwin, type Twin, type TwinOptions } from "#local/twin.ts";
import { type BrowserPage, openPage, signIn } from "./browser-page.ts";
import { launchChromium } from "./chromium.ts";
import { twinOptions } from "./twin-options.ts";

/**
 * Starts a twin and a browser for one test file, and stops them after its tests. After each test the hooks close its
 * pages and fail the test if a page broke a rule of `openPage`. Of a failed test they print what its pages show and what the
 * functions have logged.
 */
export function browserOnTwin(
  environment: Record<string, string> = {},
  twinOnly: Pick<TwinOptions, "viewerAddress"> = {},
) {
  const logged: string[] = [];
  // The tests of a file share an address and a minute. Another test covers the limit itself.
  const options = {
    ...twinOptions({ CONVERSATION_REQUESTS_PER_MINUTE: "120", ...environment }),
    ...twinOnly,
    log: (line: string) => logged.push(line),
  };
  const opened: BrowserPage[] = [];
  let started: { twin: Twin; browser: Browser } | undefined;
  const running = () => {
    if (!started) throw new Error("The twin runs only within tests.");
    return started;
  };
  const openAt = async (url: string, context: BrowserContextOptions = {}): Promise<BrowserPage> => {
    const { twin, browser } = running();
    const browserPage = await openPage(browser, url, context, twin.parts.s3.endpoint);
    opened.push(browserPage);
    return browserPage;
  };
  const open = (context: BrowserContextOptions = {}) => openAt(running().twin.url, context);

  beforeAll(async () => {
    const [twin, browser] = await Promise.all([startTwin(options), launchChromium()]);
    started = { twin, browser };
  });
  afterAll(async () => {
    await started?.browser.close();
    await started?.twin.stop();
  });
  afterEach(async ({ task }) => {
    const lines = logged.splice(0);
    if (task.result?.state === "fail") await printPages(opened, lines);
    for (const { page, complaints } of opened.splice(0)) {
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  return {
    get twin(): Twin {
      return running().twin;
    },
    open,
    /** Opens a page that is not the twin's own. */
    openAt,
    async signedIn(context: BrowserContextOptions = {}): Promise<Page> {
      const { page } = await open(context);
      await signIn(page, running().twin.password);
      return page;
    },
  };
}

async function printPages(pages: BrowserPage[], logged: string[]): Promise<void> {
  for (const { page } of pages) {
    const shown = await page.locator("body").ariaSnapshot({ timeout: 5_000 }).catch(String);
    console.error(`${page.url()} shows:\n${shown}`);
  }
  console.error(`The twin has logged:\n${logged.join("\n")}`);
}

import type { Browser, Page } from "playwright-core";
import { firstToken, messageOf } from "#bench/workload.ts";
import { composer, signIn } from "#test/support/browser-page.ts";
import { startDelayedNetwork } from "./delayed-network.ts";

/** A running system with a page. */
export interface PageOrigin {
  url: string;
  password: string;
}

export interface PageOptions {
  browser: Browser;
  /** The round trip between browser and system. */
  roundTripMs: number;
  /** How many messages to measure, in one conversation. One more message warms the page up. */
  turns: number;
}

/**
 * Signs in and sends messages as a person does. Returns for each message the milliseconds from the press of Enter until the
 * page has drawn the answer's first token, the model's own time included.
 */
export async function measurePageFirstToken(
  { url, password }: PageOrigin,
  { browser, roundTripMs, turns }: PageOptions,
): Promise<number[]> {
  const network = await startDelayedNetwork(url, roundTripMs);
  const context = await browser.newContext({ baseURL: network.url, locale: "en-US" });
  try {
    const page = await context.newPage();
    await page.goto("/");
    await signIn(page, password);
    const times: number[] = [];
    for (let turn = 0; turn <= turns; turn += 1) times.push(await measureTurn(page, turn));
    return times.slice(1);
  } finally {
    await context.close();
    await network.close();
  }
}

async function measureTurn(page: Page, turn: number): Promise<number> {
  await composer(page).fill(messageOf(turn));
  // The page is idle: images, fonts and the list of conversations are there.
  await page.waitForLoadState("networkidle");
  const times = await page.evaluateHandle(observeTurn, { turn, firstToken });
  await page.keyboard.press("Enter");
  const firstTokenMs = await page.evaluate(({ drawn }) => drawn, times);
  await page.evaluate(({ ended }) => ended, times);
  return firstTokenMs;
}

/** Runs in the page. Observes changes instead of polling, because polling is work too. */
function observeTurn({ turn, firstToken }: { turn: number; firstToken: string }) {
  const drawn = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<void>();
  let pressedAt = 0;
  const onPress = ({ timeStamp }: KeyboardEvent) => {
    pressedAt = timeStamp;
  };
  addEventListener("keydown", onPress, { capture: true, once: true });
  const observer = new MutationObserver(() => {
    const item = document.querySelector('[aria-label="Conversation"]')?.children[turn];
    const answer = item?.querySelector("[class*=markdown]")?.textContent ?? "";
    if (!answer.includes(firstToken)) return;
    // The page changes the document just before the browser draws. The next task comes after that.
    setTimeout(() => drawn.resolve(performance.now() - pressedAt));
    if (item?.hasAttribute("data-open")) return;
    observer.disconnect();
    ended.resolve();
  });
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
  return { drawn: drawn.promise, ended: ended.promise };
}

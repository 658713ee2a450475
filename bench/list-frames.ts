import type { Browser, Page } from "playwright-core";
import type { Twin } from "#local/twin.ts";
import { composer, openPage, rows, sendAndWait, signIn } from "#test/support/browser-page.ts";
import { addConversations } from "#test/support/seeded-conversations.ts";
import { type FrameTimes, frameTimes } from "./frame-trace.ts";

const typed = "What did we say about the quarterly report?";

/** Measures the page beside a list of so many conversations, all of them loaded. */
export async function measureList(
  browser: Browser,
  twin: Twin,
  count: number,
): Promise<Record<string, FrameTimes>> {
  const page = await openList(browser, twin, count);
  await composer(page).click();
  const type = () => page.keyboard.type(typed, { delay: 40 });
  const typing = await frameTimes(browser, page, type);
  await composer(page).fill("");
  const scrolling = await frameTimes(browser, page, () => scroll(page));
  const search = page.getByRole("searchbox");
  await search.click();
  const searching = await frameTimes(browser, page, async () => {
    await page.keyboard.type("report 17", { delay: 40 });
    await page.getByRole("heading", { name: "Results" }).waitFor();
    await rows(page).locator("mark").first().waitFor();
    await page.keyboard.type(" of the year", { delay: 40 });
  });
  await page.context().close();
  return { "typing a message": typing, "scrolling the list": scrolling, searching };
}

/** Opens a page whose list has so many conversations, and scrolls until all of them are in the list. */
async function openList(browser: Browser, twin: Twin, count: number): Promise<Page> {
  const { page } = await openPage(browser, twin.url, { viewport: { width: 1280, height: 800 } });
  await signIn(page, twin.password);
  await sendAndWait(page, "Hello");
  const reports = Array.from({ length: count - 1 }, (_, index) => ({
    title: `Questions about report ${index + 1}`,
    // The service deletes conversations after 30 idle days.
    ageDays: (28 * (index + 1)) / count,
  }));
  await addConversations(twin, new URL(page.url()).pathname.slice("/c/".length), reports);
  await page.reload();
  await rows(page).nth(29).waitFor();
  await page.mouse.move(120, 500);
  while ((await rows(page).count()) < count) {
    await page.mouse.wheel(0, 2_000);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await page.mouse.wheel(0, 100_000);
  await page.waitForLoadState("networkidle");
  return page;
}

/** Scrolls up and down from the end of the list, as with the wheel of a mouse. */
async function scroll(page: Page): Promise<void> {
  await page.mouse.move(120, 500);
  for (let step = 0; step < 80; step += 1) {
    await page.mouse.wheel(0, step % 40 < 20 ? -120 : 120);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

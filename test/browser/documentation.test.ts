import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDocumentation } from "#local/documentation/documentation-site.ts";
import { accessibilityFaults, openPage } from "#test/support/browser-page.ts";
import { launchChromium } from "#test/support/chromium.ts";

const site = await startDocumentation();
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

describe("the documentation site of the twin", () => {
  it.each(["light", "dark"] as const)(
    "fits 320 pixels, runs clean and passes axe in the %s theme",
    async (colorScheme) => {
      const { page, complaints } = await openPage(browser, site.address, {
        colorScheme,
        viewport: { width: 320, height: 640 },
      });
      for (const path of ["/", "/README", "/docs/questions", "/docs/reference/settings"]) {
        await page.goto(path);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect([path, width]).toEqual([path, 320]);
        expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it("shows its pictures, and leads from the list to a section", async () => {
    const { page, complaints } = await openPage(browser, site.address);
    await page.getByRole("link", { name: "Questions and answers" }).click();
    await page.getByRole("heading", { name: "How does take-over work?" }).waitFor();
    await page.getByRole("link", { name: "the turn", exact: true }).click();
    await page.getByRole("heading", { name: "The turn", exact: false }).first().waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs/architecture");

    await page.goto("/docs/performance");
    const sizes = await page.evaluate<number[]>(
      "[...document.images].map((image) => image.naturalWidth)",
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { rows, sendAndWait, welcome } from "#test/support/browser-page.ts";

/** Creates two conversations. The one about Tokyo is open and first in the list. */
export async function talkTwice(page: Page): Promise<void> {
  await sendAndWait(page, "Hello, my name is Ada");
  await page.getByRole("button", { name: "New chat" }).click();
  await welcome(page).waitFor();
  await sendAndWait(page, "What time is it in Tokyo?");
  await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBe(2);
}

import { expect, it } from "vitest";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { composer, send, signIn, textOf, turns } from "#test/support/browser-page.ts";

const here = browserOnTwin();

const patience = { timeout: 10_000 };

it("the page passes the guide's 10.6: sign-in, answer, reload, memory, rate limit", async () => {
  const { page, complaints } = await here.open();

  await signIn(page, here.twin.password);
  await page.getByText("— runs on this machine").waitFor();

  await send(page, "Hello, my name is DemoUser");
  await turns(page).nth(0).getByText("Demo model ·").waitFor();
  expect(await textOf(turns(page).nth(0))).toContain("DemoUser");

  await page.reload();
  await turns(page).nth(0).getByText("Hello, my name is DemoUser").waitFor();
  await send(page, "What is my name?");
  await turns(page).nth(1).getByText("DemoUser").waitFor();

  for (let count = 1; count <= 15; count += 1) {
    await page.keyboard.insertText(`Test ${count};`);
    await page.keyboard.press("Enter");
  }
  const line = page.getByRole("alert").filter({ hasText: "Too many requests." });
  await line.waitFor();
  const figure = line.locator("strong");
  const first = Number.parseInt(await textOf(figure), 10);
  expect(first).toBeGreaterThan(30);
  expect(first).toBeLessThanOrEqual(60);
  await expect
    .poll(async () => Number.parseInt(await textOf(figure), 10), patience)
    .toBeLessThan(first);

  // Two messages were sent before. So eight of the fifteen are accepted, and seven return to the composer.
  const kept = await composer(page).inputValue();
  const numbers = kept.match(/\d+(?=;)/g)?.map(Number);
  expect(numbers?.sort((a, b) => a - b)).toEqual([9, 10, 11, 12, 13, 14, 15]);
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await turns(page).nth(9).getByText("Demo model ·").waitFor();
  expect(await turns(page).count()).toBe(10);
  expect(await textOf(page.locator("body"))).not.toContain("{");
  expect(complaints).toEqual([]);
});

import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  editor,
  rows,
  sendAndWait,
  turns,
} from "#test/support/browser-page.ts";

const here = browserOnTwin();

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

it("the page works with the keyboard alone and always shows the focus", async () => {
  const { page } = await here.open({ viewport: { width: 1280, height: 800 } });
  const message = composer(page);

  // The password field has the focus.
  await page.getByLabel("Password").waitFor();
  await page.keyboard.insertText(here.twin.password);
  await page.keyboard.press("Enter");
  await expectFocus(message);

  const gate = createGate();
  here.twin.parts.bedrock.script.add(interrupt(answerWith("One two three."), 1, stall(gate)));
  await page.keyboard.type("Count");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("to three");
  await page.keyboard.press("Enter");
  await gate.reached;
  // The model may begin before the page has the head of the response.
  await button(page, "Stop").waitFor();
  await page.keyboard.press("Escape");
  await turns(page).nth(0).getByText("Stopped.").waitFor();
  gate.release();
  await turns(page).nth(0).getByText("Count\nto three").waitFor();

  await tabTo(page, button(page, "Edit message"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expectFocus(editor(page));
  await page.keyboard.press("Escape");
  await expectFocus(button(page, "Edit message"));

  // From the search to a new chat are few stops, because the list is one stop.
  const link = (name: string | RegExp) => page.getByRole("link", { name });
  await tabTo(page, link(/^Count/), "Shift+Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expectFocus(page.getByRole("menuitem", { name: "Rename" }));
  await page.keyboard.press("ArrowUp");
  await expectFocus(page.getByRole("menuitem", { name: "Delete" }));
  await page.keyboard.press("Escape");
  await expectFocus(button(page, /^Options for Count/));
  await page.keyboard.press("ArrowLeft");
  await expectFocus(link(/^Count/));
  await page.keyboard.press("F2");
  await expectFocus(page.getByRole("textbox", { name: "Title" }));
  await page.keyboard.type("Numbers");
  await page.keyboard.press("Enter");
  await expectFocus(page.getByRole("link", { name: "Numbers" }));

  await page.keyboard.press("Delete");
  await rows(page).nth(0).waitFor({ state: "detached" });
  await tabTo(page, button(page, "Undo"), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expectFocus(page.getByRole("link", { name: "Numbers" }));
  await page.keyboard.press("Enter");
  await turns(page).nth(0).getByText("Count").waitFor();

  const more = page.getByRole("button", { name: "Menu" });
  await tabTo(page, more, "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, button(page, "Settings"), "Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: "System" }).waitFor();
  await tabTo(page, page.getByRole("radio", { name: "System" }), "Tab");
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("radio", { name: "Light" }).isChecked()).toBe(true);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await expectFocus(more);

  await page.keyboard.press("Enter");
  await tabTo(page, button(page, "Sign out"), "Tab");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expectFocus(dialog.getByRole("button", { name: "Cancel" }));
  await tabTo(page, dialog.getByRole("button", { name: "Sign out" }), "Tab");
  await page.keyboard.press("Enter");
  await page.getByText("You’re signed out.").waitFor();
  await expectFocus(page.getByLabel("Password"));
});

/** Presses `key` until `goal` has the focus. Checks that the focus is visible at each stop. */
async function tabTo(page: Page, goal: Locator, key: "Tab" | "Shift+Tab"): Promise<void> {
  await goal.waitFor({ state: "attached" });
  for (let stops = 0; stops < 40; stops += 1) {
    await page.keyboard.press(key);
    const isSeen = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return true;
      const { outlineStyle, opacity } = getComputedStyle(focused);
      // The composer draws the focus frame around its form.
      const frame = getComputedStyle(focused.closest("form") ?? focused).boxShadow;
      return (outlineStyle !== "none" || frame !== "none") && opacity !== "0";
    });
    expect(isSeen, `stop ${stops} on the way to ${goal}`).toBe(true);
    if (await hasFocus(goal)) return;
  }
  throw new Error(`${key} never reaches ${goal}.`);
}

const hasFocus = (locator: Locator) =>
  locator.evaluate((element) => element === document.activeElement);

async function expectFocus(locator: Locator): Promise<void> {
  await locator.waitFor();
  await expect.poll(() => hasFocus(locator), { timeout: 10_000 }).toBe(true);
}

describe("commands", () => {
  const { signedIn } = here;
  const palette = (page: Page) => page.getByRole("dialog", { name: "Commands" });

  it("are found by typing, in a palette that its keys open", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await page.keyboard.press("Control+k");
    await palette(page).getByRole("combobox").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.type("usag");
    expect(await palette(page).getByRole("option").allInnerTexts()).toEqual(["Usage"]);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Usage" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+O");
    await page.getByText("How can I help?").waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("Hello");
    await page.keyboard.press("Enter");
    await turns(page).first().waitFor();
  });

  it("and prompts come after a slash in the empty field", async () => {
    const page = await signedIn();
    await page.evaluate(() =>
      fetch("/api/v1/settings", {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          prompts: [{ name: "translate", text: "Translate this into German:" }],
        }),
      }),
    );
    await composer(page).fill("/tra");
    const option = page.getByRole("option", { name: /translate/ });
    await option.waitFor();
    expect(await composer(page).getAttribute("aria-activedescendant")).toBe(
      await option.getAttribute("id"),
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await composer(page).inputValue()).toBe("Translate this into German:");
    expect(await turns(page).count()).toBe(0);
    // A slash that nothing matches is a message like any other.
    await composer(page).fill("/nothing-like-this");
    await page.keyboard.press("Enter");
    await turns(page).first().getByText("/nothing-like-this").first().waitFor();
  });

  it("? shows all keys, and the arrow up edits the last message", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await composer(page).press("ArrowUp");
    await editor(page).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { accessibilityFaults, ended, send, turns } from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const dialog = (page: Page) => page.getByRole("dialog", { name: "Notes" });
const memory = (page: Page) => dialog(page).getByRole("checkbox", { name: "Memory across chats" });
const notes = (page: Page) =>
  dialog(page).getByRole("list", { name: "Notes" }).getByRole("listitem");

async function openNotes(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Notes" }).click();
  await memory(page).waitFor();
}

async function turnMemoryOn(page: Page): Promise<void> {
  await openNotes(page);
  await memory(page).check();
  await dialog(page).getByText("No notes yet.").waitFor();
  await page.keyboard.press("Escape");
}

/** Lets the model ask to save a note, and approves. */
async function save(page: Page, text: string, turn = 0): Promise<void> {
  here.twin.parts.bedrock.script.add(
    callTools([{ name: "save_note", input: { text } }]),
    answerWith("Noted."),
  );
  await send(page, `Remember: ${text}`);
  await page.getByRole("button", { name: "Approve: Save a note" }).click();
  await ended(page, turn);
}

describe("the notes", () => {
  it("are off at first, and the choice outlasts a reload", async () => {
    const page = await signedIn();
    await openNotes(page);
    expect(await memory(page).isChecked()).toBe(false);
    await dialog(page).getByText("The assistant remembers nothing from other chats.").waitFor();
    await memory(page).check();
    await dialog(page).getByText("No notes yet.").waitFor();
    await page.reload();
    await openNotes(page);
    expect(await memory(page).isChecked()).toBe(true);
    await memory(page).uncheck();
    await dialog(page).getByText("The assistant remembers nothing from other chats.").waitFor();
  });

  it("hold what was approved in a chat, newest first, until they are deleted", async () => {
    const page = await signedIn();
    await turnMemoryOn(page);
    await save(page, "Ada prefers short answers.");
    await save(page, "The release is on Monday.", 1);
    await openNotes(page);
    await dialog(page).getByRole("heading", { name: "2 notes" }).waitFor();
    expect((await notes(page).allTextContents()).map((text) => text.split(".")[0])).toEqual([
      "The release is on Monday",
      "Ada prefers short answers",
    ]);
    const first = notes(page).nth(0);
    await first.getByRole("button", { name: "Delete" }).press("Enter");
    await first.getByText("Delete this note permanently?").waitFor();
    await first.getByRole("button", { name: "Cancel" }).press("Enter");
    expect(await notes(page).count()).toBe(2);
    await first.getByRole("button", { name: "Delete" }).press("Enter");
    await first.getByRole("button", { name: "Delete" }).press("Enter");
    await dialog(page).getByRole("heading", { name: "1 note" }).waitFor();
    await page.reload();
    await openNotes(page);
    expect(await notes(page).count()).toBe(1);
    expect(await notes(page).textContent()).toContain("Ada prefers short answers.");
  });

  it("that another tab has deleted leave the list", async () => {
    const page = await signedIn();
    await turnMemoryOn(page);
    await save(page, "A note");
    await openNotes(page);
    await page.evaluate(async () => {
      const { notes } = await (await fetch("/api/v1/notes")).json();
      await fetch(`/api/v1/notes/${notes[0].id}`, { method: "DELETE" });
    });
    await notes(page).getByRole("button", { name: "Delete" }).click();
    await notes(page).getByRole("button", { name: "Delete" }).click();
    await dialog(page).getByRole("heading", { name: "No notes" }).waitFor();
    expect(await dialog(page).getByRole("alert").count()).toBe(0);
  });

  it("keep the choice and the note after a failure, and say why", async () => {
    const page = await signedIn();
    await openNotes(page);
    await page.route("**/api/v1/notes", (route) => route.abort(), { times: 1 });
    await memory(page).click();
    await dialog(page).getByText("Can’t reach the server. Check your connection.").waitFor();
    expect(await memory(page).isChecked()).toBe(false);
    await memory(page).check();
    await expect.poll(() => memory(page).isChecked(), patience).toBe(true);
    expect(await dialog(page).getByRole("alert").count()).toBe(0);
  });

  it.each(["light", "dark"] as const)(
    "fit 320 pixels and pass axe in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ viewport: { width: 320, height: 640 }, colorScheme });
      await turnMemoryOn(page);
      await save(page, "A long word: ".concat("x".repeat(300)));
      await openNotes(page);
      await notes(page).getByRole("button", { name: "Delete" }).click();
      expect(await accessibilityFaults(page)).toEqual([]);
      const box = await dialog(page).boundingBox();
      expect(box?.width).toBeLessThanOrEqual(320);
      expect(
        await dialog(page).evaluate((element) => element.scrollWidth - element.clientWidth),
      ).toBe(0);
      await page.keyboard.press("Escape");
      expect(await turns(page).count()).toBe(1);
    },
  );
});

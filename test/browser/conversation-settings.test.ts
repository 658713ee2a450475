import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  ended,
  openPageSettings,
  rows,
  send,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { readAll } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

const opener = (page: Page) => page.getByRole("button", { name: "Model and instructions" });
const dialog = (page: Page) => page.getByRole("dialog", { name: "Model and instructions" });
const model = (page: Page, name: string) => dialog(page).getByRole("radio", { name });
const instructions = (page: Page) =>
  dialog(page).getByRole("textbox", { name: "Instructions for this conversation" });
const lastCall = () => here.twin.parts.bedrock.calls.at(-1);

async function openSettings(page: Page): Promise<void> {
  await opener(page).click();
  await instructions(page).waitFor();
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
}

describe("the settings of a conversation", () => {
  it("are chosen before the first message, survive a reload, and change in mid-conversation", async () => {
    const page = await signedIn();
    await openSettings(page);
    await model(page, "Demo model, terse").check();
    await dialog(page).getByRole("radio", { name: "Low" }).check();
    await instructions(page).fill("Answer in German.");
    await close(page);
    await page.reload();
    await opener(page)
      .filter({ hasText: "Demo model, terse · thinks little · instructions" })
      .waitFor();
    await send(page, "Who are you?");
    await ended(page, 0);
    await turns(page).nth(0).getByText("Ich bin das eingebaute Demo-Modell").waitFor();
    expect(lastCall()).toMatchObject({
      modelId: "demo-model-terse",
      request: { additionalModelRequestFields: { reasoningConfig: { maxReasoningEffort: "low" } } },
    });

    // The new conversation begins with the defaults, and the first one keeps its own.
    await page.reload();
    await openSettings(page);
    expect(await model(page, "Demo model, terse").isChecked()).toBe(true);
    expect(await instructions(page).inputValue()).toBe("Answer in German.");
    await model(page, "Demo model default").check();
    await instructions(page).fill("");
    await dialog(page).getByText("Saved.").waitFor();
    await close(page);
    await send(page, "Who are you?");
    await ended(page, 1);
    await turns(page).nth(1).getByText("I am the built-in demo model").waitFor();
    expect(lastCall()?.modelId).toBe("demo-model");
    await page.getByRole("button", { name: "New chat" }).first().click();
    await openSettings(page);
    expect(await model(page, "Demo model default").isChecked()).toBe(true);
    expect(await instructions(page).inputValue()).toBe("");
  });

  it("hold 4,000 characters of instructions, also what was typed just before the dialog closes", async () => {
    const page = await signedIn();
    await send(page, "Hello");
    await ended(page, 0);
    await openSettings(page);
    await instructions(page).fill("x".repeat(40_000));
    await dialog(page).getByText("4,000 of 4,000 characters").waitFor();
    await close(page);
    await page.reload();
    await openSettings(page);
    expect(await instructions(page).inputValue()).toHaveLength(4_000);
  });

  it("lead to the instructions for all conversations, which the model reads in each", async () => {
    const page = await signedIn();
    await openSettings(page);
    await dialog(page).getByRole("button", { name: "for all my conversations" }).click();
    const forAll = dialog(page).getByRole("textbox", { name: "for all my conversations" });
    await forAll.fill("Answer in German.");
    await dialog(page).getByText("Saved.").waitFor();
    await close(page);
    await send(page, "Who are you?");
    await ended(page, 0);
    await turns(page).nth(0).getByText("Ich bin das eingebaute Demo-Modell").waitFor();
  });

  it("show why they were not stored, and what is stored", async () => {
    const page = await signedIn();
    await send(page, "Hello");
    await ended(page, 0);
    await openSettings(page);
    await page.route("**/api/v1/conversations/*", (route) =>
      route.request().method() === "PATCH" ? route.abort() : route.fallback(),
    );
    await model(page, "Demo model, terse").click();
    await dialog(page).getByRole("alert").waitFor();
    expect(await model(page, "Demo model default").isChecked()).toBe(true);
  });

  it.each(["light", "dark"] as const)(
    "have no accessibility faults in the %s theme",
    async (colorScheme) => {
      const page = await signedIn();
      await page.emulateMedia({ colorScheme });
      await openSettings(page);
      await dialog(page).getByRole("radio", { name: "High" }).check();
      expect(await accessibilityFaults(page)).toEqual([]);
      await dialog(page).getByRole("button", { name: "for all my conversations" }).click();
      await dialog(page).getByRole("textbox", { name: "for all my conversations" }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );
});

describe("the settings of the page", () => {
  it("keep instructions that a reload follows at once", async () => {
    const page = await signedIn();
    const field = async () =>
      (await openPageSettings(page)).getByRole("textbox", { name: "for all my conversations" });
    await (await field()).fill("Call me Ada.");
    await page.reload();
    expect(await (await field()).inputValue()).toBe("Call me Ada.");
  });

  it("keep a person's prompts, which the keyboard alone adds, changes and removes", async () => {
    const page = await signedIn();
    let settings = await openPageSettings(page);
    const press = (name: string) => settings.getByRole("button", { name }).press("Enter");
    await press("Add a prompt");
    await page.keyboard.type("two words");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Summarise:");
    await press("Save");
    await settings.getByText("without spaces").waitFor();
    await settings.getByRole("textbox", { name: "Name" }).fill("summary");
    await page.keyboard.press("Enter");
    await settings.getByText("Saved summary.").waitFor();
    const add = settings.getByRole("button", { name: "Add a prompt" });
    expect(await add.evaluate((button) => button === document.activeElement)).toBe(true);
    await press("Edit");
    await settings.getByRole("textbox", { name: "Text", exact: true }).fill("Sum up:");
    await press("Save");
    await settings.getByText("Sum up:").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.reload();
    settings = await openPageSettings(page);
    await settings.getByText("Sum up:").waitFor();
    await press("Remove");
    await settings.getByText("No prompts yet").waitFor();
    // The focus is on the button that brings the prompt back.
    await settings.getByRole("button", { name: "Undo" }).waitFor();
    await page.keyboard.press("Enter");
    await settings.getByText("Sum up:").waitFor();
    await press("Remove");
    await settings.getByText("No prompts yet").waitFor();
    await page.keyboard.press("Escape");
    await settings.waitFor({ state: "detached" });
  });

  it("make a key for a program, show it once, and revoke it, with the keyboard alone", async () => {
    const page = await signedIn();
    let settings = await openPageSettings(page);
    const press = (name: string) => settings.getByRole("button", { name }).press("Enter");
    const isFocused = (button: Locator) =>
      button.evaluate((element) => element === document.activeElement);
    await settings.getByText("No keys yet").waitFor();
    await press("Create a key");
    await page.keyboard.press("Enter");
    await settings.getByText("Give the program a name.").waitFor();
    await page.keyboard.type("Nightly report");
    await settings.getByRole("checkbox", { name: "Send messages" }).press("Space");
    await press("Create key");
    await settings.getByText("Choose at least one.").waitFor();
    await settings.getByRole("checkbox", { name: "Send messages" }).press("Space");
    await settings.getByRole("textbox", { name: "Daily budget" }).fill("1,000");
    await press("Create key");
    await settings.getByText("Write an amount from").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await settings.getByRole("textbox", { name: "Daily budget" }).fill("2.5");
    await page.keyboard.press("Enter");
    const key = await textOf(settings.getByText(/^eaa_\w{12}_\w{49}$/));
    expect(await isFocused(settings.getByRole("heading", { name: "The key of Nightly" }))).toBe(
      true,
    );
    expect(await accessibilityFaults(page)).toEqual([]);
    await press("Done");
    expect(await isFocused(settings.getByRole("button", { name: "Create a key" }))).toBe(true);
    expect(await settings.getByText(key).count()).toBe(0);

    const ask = () =>
      fetch(new URL("/api/v1/chat", here.twin.functionUrl), {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ message: "Hello from a program" }),
      });
    expect((await readAll(await ask())).at(-1)?.event).toBe("done");
    await page.reload();
    await rows(page).getByText("Hello from a program").waitFor();
    settings = await openPageSettings(page);
    const row = settings.getByRole("list", { name: "Keys" }).getByRole("listitem");
    await row.getByText(/of \$2\.50 spent today · Last used/).waitFor();
    await press("Revoke");
    await press("Cancel");
    expect(await isFocused(row.getByRole("button", { name: "Revoke" }))).toBe(true);
    await press("Revoke");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await settings.getByText("Revoked the key of Nightly report.").waitFor();
    await settings.getByText("No keys yet").waitFor();
    const { keys } = await page.evaluate(async () => (await fetch("/api/v1/keys")).json());
    expect(keys).toEqual([]);
  });

  it("name the addresses of programs, in German too", async () => {
    const page = await signedIn({ ...phone, locale: "en-GB" });
    const settings = await openPageSettings(page);
    await settings.getByText("Addresses for programs").click();
    await settings.getByText(`${here.twin.url}/v1`).waitFor();
    await settings.getByRole("radio", { name: "Deutsch" }).check();
    const german = page.getByRole("dialog", { name: "Einstellungen" });
    await german.getByRole("button", { name: "Schlüssel erstellen" }).click();
    await german.getByRole("textbox", { name: "Name des Programms" }).fill("Bericht");
    expect(await accessibilityFaults(page)).toEqual([]);
    await german.getByRole("button", { name: "Schlüssel jetzt erstellen" }).click();
    await german.getByRole("heading", { name: "Der Schlüssel von Bericht" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("choose whether Enter sends or starts a line", async () => {
    const page = await signedIn();
    const settings = await openPageSettings(page);
    await settings.getByRole("radio", { name: "Ctrl or ⌘" }).check();
    await page.keyboard.press("Escape");
    await composer(page).fill("Hello");
    await composer(page).press("Enter");
    await page.keyboard.type("there");
    expect(await composer(page).inputValue()).toBe("Hello\nthere");
    await composer(page).press("Control+Enter");
    await ended(page, 0);
  });

  it("export and import conversations, and delete everything after a typed word", async () => {
    const page = await signedIn({ colorScheme: "dark" });
    await send(page, "Hello, my name is Ada");
    await ended(page, 0);
    const settings = await openPageSettings(page);
    const downloading = page.waitForEvent("download");
    await settings.getByRole("button", { name: "Export everything" }).click();
    const file = await (await downloading).path();
    const { conversations } = JSON.parse(await readFile(file, "utf8"));
    expect(conversations).toHaveLength(1);
    expect(conversations[0].turns[0].message).toBe("Hello, my name is Ada");
    await settings.getByText("Exported 1 conversation.").waitFor();

    const choosing = page.waitForEvent("filechooser");
    await settings.getByRole("button", { name: "Import conversations" }).click();
    await (await choosing).setFiles({
      ...{ name: "conversations.json", mimeType: "application/json" },
      buffer: Buffer.from(
        JSON.stringify([
          {
            name: "Plans",
            chat_messages: [
              { uuid: "1", sender: "human", text: "When?" },
              { uuid: "2", sender: "assistant", text: "In May." },
            ],
          },
        ]),
      ),
    });
    await settings.getByText("Imported 1 conversation.").waitFor();
    await page.getByText("Plans").first().waitFor({ state: "attached" });

    const remove = settings.getByRole("button", { name: "Delete everything" });
    await remove.press("Enter");
    expect(await remove.isDisabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.type("delete");
    await page.keyboard.press("Enter");
    await page.getByText("Everything of yours was deleted").waitFor();
    expect(new URL(page.url()).pathname).toBe("/");
    await page.getByLabel("Password").fill(here.twin.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No conversations yet").waitFor();
  });
});

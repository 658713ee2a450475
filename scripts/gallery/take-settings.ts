import type { Locator } from "playwright-core";
import { composer, send } from "#test/support/browser-page.ts";
import { chooseInHeader, type Studio, startNewChat, waitForAnswer } from "./studio.ts";

/** Takes the menu with what it opens, and the commands. */
export async function takeSettings(studio: Studio) {
  const { page, take } = studio;
  await startNewChat(page);
  await send(page, "What is 12.5% of 480?");
  await waitForAnswer(page);
  await page.getByRole("button", { name: "Model and instructions" }).click();
  await page.getByRole("radio", { name: "Medium" }).check();
  await page.getByRole("textbox", { name: "Instructions for this" }).fill("Answer in German.");
  await page.getByText("Saved.").waitFor();
  await take("model-and-instructions");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Menu" }).click();
  await take("menu");
  await page.getByRole("button", { name: "Notes", exact: true }).click();
  await page.getByText("The assistant remembers nothing").waitFor();
  await take("notes");
  await page.getByRole("button", { name: "Close" }).click();
  await chooseInHeader(page, "Usage");
  await page.getByRole("dialog", { name: "Usage" }).getByRole("table").waitFor();
  await take("usage");
  await page.getByRole("button", { name: "Close" }).click();
  await takePageSettings(studio);
  await takeDevices(studio);
  await takeCommands(studio);
  await chooseInHeader(page, "Sign out");
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  await take("sign-out");
  await page.getByRole("button", { name: "Cancel" }).click();
}

async function takePageSettings({ page, take }: Studio) {
  await chooseInHeader(page, "Settings");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("radio", { name: "Deutsch" }).waitFor();
  await take("settings");
  await settings.getByRole("button", { name: "Add a prompt" }).click();
  await settings.getByRole("textbox", { name: "Name" }).fill("release-notes");
  const text = settings.getByRole("textbox", { name: "Text", exact: true });
  await text.fill("Write release notes of:");
  await text.scrollIntoViewIfNeeded();
  await take("settings-prompt");
  await settings.getByRole("button", { name: "Save" }).click();
  await settings.getByText("Saved release-notes.").waitFor();
  await takePrograms(settings, take);
  const choosing = page.waitForEvent("filechooser");
  await settings.getByRole("button", { name: "Import conversations" }).click();
  const messages = [
    { uuid: "1", sender: "human", text: "When?" },
    { uuid: "2", sender: "assistant", text: "In May." },
  ];
  await (await choosing).setFiles({
    name: "conversations.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify([{ name: "Plans", chat_messages: messages }])),
  });
  await settings.getByText("Imported 1 conversation.").waitFor();
  await take("settings-import");
  await settings.getByRole("button", { name: "Delete everything" }).click();
  await settings.evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
  await take("settings-delete");
  await page.keyboard.press("Escape");
}

/** Takes the form of a key, the key itself, and the list with the addresses. */
async function takePrograms(settings: Locator, take: Studio["take"]) {
  await settings.getByRole("button", { name: "Create a key" }).click();
  await settings.getByRole("textbox", { name: "Name of the program" }).fill("Nightly report");
  await settings.getByRole("checkbox", { name: "Read your documents" }).check();
  await settings.getByRole("textbox", { name: "Daily budget" }).fill("2.50");
  await settings.getByRole("button", { name: "Create key" }).scrollIntoViewIfNeeded();
  await take("settings-key-form");
  await settings.getByRole("button", { name: "Create key" }).click();
  const done = settings.getByRole("button", { name: "Done" });
  await done.scrollIntoViewIfNeeded();
  await take("settings-key");
  await done.click();
  await settings.getByText("Addresses for programs").click();
  await settings.getByRole("button", { name: "Export everything" }).scrollIntoViewIfNeeded();
  await settings.getByRole("button", { name: "Revoke" }).click();
  await take("settings-programs");
}

/** Takes both ends of a code that opens the chats in another browser. */
async function takeDevices({ page, openAnother, take }: Studio) {
  await chooseInHeader(page, "Use on another device");
  const dialog = page.getByRole("dialog", { name: "Use on another device" });
  await dialog.getByRole("button", { name: "Show a code" }).click();
  const code = (await dialog.getByText(/^\w{5}-\w{5}$/).textContent()) ?? "";
  await take("device-code");
  const other = await openAnother({});
  await other.getByRole("button", { name: "Use a code from another device" }).click();
  await other.getByLabel("Code from the other device").fill(code);
  await take("login-code", other);
  await other.keyboard.press("Enter");
  await composer(other).waitFor();
  await dialog.getByText("Signed in: ").waitFor();
  await dialog.getByRole("button", { name: "Sign out" }).last().click();
  await take("devices");
  await other.context().close();
  await page.getByRole("button", { name: "Close" }).click();
}

async function takeCommands({ page, take }: Studio) {
  await composer(page).fill("/");
  await page.getByRole("option").first().waitFor();
  await take("slash");
  await composer(page).fill("");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Commands" }).getByRole("option").first().waitFor();
  await take("palette");
  await page.keyboard.press("Escape");
  await page.locator("main").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await take("shortcuts");
  await page.keyboard.press("Escape");
}

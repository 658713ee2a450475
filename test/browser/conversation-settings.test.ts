import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import { accessibilityFaults, ended, send, turns } from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;

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

import { describe, expect, it } from "vitest";
import { answerWith } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  acceptingRoutes,
  accessibilityFaults,
  beginRename,
  chooseInMenu,
  composer,
  rows,
  send,
  sendAndWait,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { talkTwice } from "./talk-twice.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

describe("the list of conversations", () => {
  it("gives each conversation an address that reload, Back and Forward open", async () => {
    const page = await signedIn();
    await talkTwice(page);
    const tokyo = page.url();
    expect(new URL(tokyo).pathname).toMatch(/^\/c\/[0-9a-f-]{36}$/);
    expect(await textOf(rows(page).nth(0))).toContain("Tokyo");

    await rows(page).nth(1).getByRole("link").click();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    const ada = page.url();
    await page.reload();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    await page.goBack();
    await turns(page).getByText("What time is it in Tokyo?").waitFor();
    expect(page.url()).toBe(tokyo);
    await page.goForward();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    expect(page.url()).toBe(ada);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("renames a conversation permanently", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await chooseInMenu(page, rows(page).nth(0), "Rename");
    await page.getByRole("textbox", { name: "Title" }).waitFor();
    const renamed = page.waitForResponse((response) => response.request().method() === "PATCH");
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    expect((await renamed).status()).toBe(200);
    await page.reload();
    await rows(page).getByText("Greetings").waitFor();
  });

  it("keeps a new title when the list is fetched before the rename is stored", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    const held = Promise.withResolvers<void>();
    await page.route("**/api/v1/conversations/*", async (route) => {
      if (route.request().method() === "PATCH") await held.promise;
      await route.continue();
    });
    await beginRename(page, rows(page).filter({ hasText: "Hello" }));
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    await rows(page).getByRole("link", { name: "Greetings" }).press("Delete");
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await rows(page).getByText("Hello").waitFor();
    held.resolve();
    await rows(page).getByText("Greetings").waitFor();
  });

  it("finds conversations by their messages", async () => {
    const page = await signedIn();
    await talkTwice(page);
    await page.getByRole("searchbox", { name: "Search conversations" }).fill("Ada");
    await expect.poll(() => rows(page).count(), patience).toBe(1);
    expect(await textOf(rows(page).nth(0))).toContain("Ada");
    await page.getByRole("searchbox").fill("nobody said this");
    await page.getByText("No results for").waitFor();
  });

  it("marks search results in the title and in an excerpt", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Wie schreibe ich eine Kündigung für meinen Vertrag?");
    await sendAndWait(page, "Die Straße zum Büro ist gesperrt", 1);
    await page.getByRole("button", { name: "New chat" }).click();
    await sendAndWait(page, "Hello");
    const search = page.getByRole("searchbox");
    const marked = () => rows(page).locator("mark").allTextContents();
    await search.fill("kundigung");
    await expect.poll(marked, patience).toEqual(["Kündigung"]);
    await search.fill("STRASSE vertrag");
    await expect.poll(marked, patience).toContain("Straße");
    expect(await rows(page).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await search.fill("");
    await expect.poll(() => rows(page).count(), patience).toBe(2);
    expect(await marked()).toEqual([]);
  });

  it("keeps the focus after rename, delete and undo", async () => {
    const page = await signedIn();
    await talkTwice(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    const link = (text: string) => rows(page).getByRole("link", { name: text });
    const renamed = page.waitForResponse((response) => response.request().method() === "PATCH");
    await beginRename(page, rows(page).filter({ hasText: "Hello" }));
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    await link("Greetings").waitFor();
    expect(await focused()).toBe("Greetings");
    await renamed;
    await rows(page).getByRole("link", { name: "Greetings" }).press("Delete");
    await expect.poll(focused, patience).toContain("Tokyo");
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await expect.poll(focused, patience).toBe("Greetings");
    await link("Greetings").press("Enter");
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    const inComposer = () => page.evaluate(() => document.activeElement?.id);
    await expect.poll(inComposer, patience).toBe("message");
    const settings = page.getByRole("button", { name: "Menu" });
    await settings.press("Enter");
    await page.getByRole("button", { name: "Sign out" }).press("Enter");
    await page.keyboard.press("Escape");
    await expect
      .poll(() => settings.evaluate((button) => button === document.activeElement), patience)
      .toBe(true);
  });

  it("keeps each draft with its conversation", async () => {
    const page = await signedIn();
    await talkTwice(page);
    await composer(page).fill("About Tokyo");
    await rows(page).nth(1).getByRole("link").click();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    expect(await composer(page).inputValue()).toBe("");
    await page.goBack();
    await turns(page).getByText("What time is it in Tokyo?").waitFor();
    expect(await composer(page).inputValue()).toBe("About Tokyo");
    await page.reload();
    await turns(page).getByText("What time is it in Tokyo?").waitFor();
    expect(await composer(page).inputValue()).toBe("About Tokyo");
  });

  it("delivers a message after its conversation was left", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await page.getByRole("button", { name: "New chat" }).click();
    await page.getByRole("heading", { name: "How can I help?" }).waitFor();
    const gate = Promise.withResolvers<void>();
    await page.route(acceptingRoutes, async (route) => {
      await gate.promise;
      await route.continue();
    });
    await send(page, "What time is it in Tokyo?");
    await page.getByText("Sending…").waitFor();
    await rows(page).getByRole("link", { name: "Ada" }).click();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    gate.resolve();
    await rows(page).getByRole("link", { name: "Tokyo" }).click();
    await turns(page).nth(0).getByText("Demo model ·").waitFor();
    expect(await turns(page).count()).toBe(1);
    expect(await textOf(turns(page).nth(0))).toContain("Tokyo");
  });

  it("returns a rejected message to the conversation that was left", async () => {
    const page = await signedIn();
    await talkTwice(page);
    const gate = Promise.withResolvers<void>();
    await page.route(acceptingRoutes, async (route) => {
      await gate.promise;
      await route.fulfill({ status: 503, contentType: "text/plain", body: "" });
    });
    await send(page, "And in Kyoto?");
    await page.getByText("Sending…").waitFor();
    await rows(page).getByRole("link", { name: "Ada" }).click();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    const refused = page.waitForResponse((response) => response.status() === 503);
    gate.resolve();
    await refused;
    expect(await composer(page).inputValue()).toBe("");
    await rows(page).getByRole("link", { name: "Tokyo" }).click();
    await turns(page).getByText("What time is it in Tokyo?").waitFor();
    await expect.poll(() => composer(page).inputValue(), patience).toBe("And in Kyoto?");
  });

  it("offers a menu in every row on a touch screen", async () => {
    const phone = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
    const page = await signedIn(phone);
    await sendAndWait(page, "Hello, my name is Ada");
    await page.getByRole("button", { name: "New chat" }).tap();
    await page.getByRole("heading", { name: "How can I help?" }).waitFor();
    await sendAndWait(page, "What time is it in Tokyo?");
    await page.getByRole("button", { name: "Conversations" }).tap();
    await rows(page).nth(1).getByRole("button").tap();
    await page.getByRole("menuitem", { name: "Rename" }).tap();
    await page.getByRole("textbox", { name: "Title" }).waitFor();
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    await rows(page).getByRole("link", { name: "Greetings" }).waitFor();
    await rows(page).nth(0).getByRole("button").tap();
    await page.getByRole("menuitem", { name: "Delete" }).tap();
    await expect.poll(() => rows(page).count(), patience).toBe(1);
    // The deleted conversation was the open one, so the list stays open to offer Undo.
    expect(await page.getByRole("button", { name: "Undo" }).isVisible()).toBe(true);
    await rows(page).getByRole("link", { name: "Greetings" }).tap();
    await turns(page).getByText("Hello, my name is Ada").waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await expect.poll(focused, patience).toBe("MAIN");
  });

  it("opens with a button on a phone and closes with Escape", async () => {
    const page = await signedIn({ viewport: { width: 320, height: 640 }, hasTouch: true });
    await sendAndWait(page, "Hello");
    await page.getByRole("button", { name: "Conversations" }).click();
    await rows(page).getByText("Hello").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await chooseInMenu(page, rows(page).nth(0), "Share");
    await page.getByRole("dialog", { name: "Share this chat" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Share this chat" }).waitFor({ state: "hidden" });
    expect(await rows(page).getByText("Hello").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });

  it("groups conversations by date, pins and archives them, and finds the archived ones", async () => {
    const page = await signedIn();
    await talkTwice(page);
    const headings = () => page.getByRole("navigation").getByRole("heading").allTextContents();
    expect(await headings()).toEqual(["Today"]);
    await chooseInMenu(page, rows(page).nth(1), "Pin");
    await expect.poll(headings, patience).toEqual(["Pinned", "Today"]);
    expect(await textOf(rows(page).nth(0))).toContain("Ada");
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused, patience).toContain("Ada");
    await chooseInMenu(page, rows(page).nth(1), "Archive");
    await expect.poll(headings, patience).toEqual(["Pinned"]);
    await page.getByRole("button", { name: "Archived" }).click();
    await rows(page).getByText("Tokyo").waitFor();
    expect(await headings()).toEqual(["Today"]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Archived" }).click();
    await rows(page).getByText("Ada").waitFor();
    await page.getByRole("searchbox").fill("tokyo");
    await rows(page).getByText("Archived").waitFor();
    expect(await headings()).toEqual(["Results"]);
    await chooseInMenu(page, rows(page).nth(0), "Move out of the archive");
    await page.getByRole("searchbox").fill("");
    await expect.poll(headings, patience).toEqual(["Pinned", "Today"]);
    await rows(page).nth(0).getByRole("button").click();
    await page.getByRole("menu").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByText("Conversations are deleted 30 days after their last message.").waitFor();
  });

  it("stays as it is until the results of a search have come", async () => {
    const page = await signedIn();
    await talkTwice(page);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: requested, resolve: request } = Promise.withResolvers<void>();
    await page.route(/conversations\?.*q=/, async (route) => {
      request();
      await released;
      await route.continue();
    });
    const headings = () => page.getByRole("navigation").getByRole("heading").allTextContents();
    await page.getByRole("searchbox").fill("Tokyo");
    await requested;
    expect(await headings()).toEqual(["Today"]);
    release();
    await expect.poll(headings, patience).toEqual(["Results"]);
    expect(await rows(page).count()).toBe(1);
  });

  it("hides beside the chat, and stays hidden after a reload", async () => {
    const page = await signedIn();
    await page.getByText("No conversations yet").waitFor();
    await page.getByRole("button", { name: "Hide conversations" }).click();
    await page.getByRole("navigation").waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "Conversations" }).click();
    await page.getByText("No conversations yet").waitFor();
  });

  it("begins a new conversation at /", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await page.goto("/");
    await rows(page).getByText("Hello").waitFor();
    await page.getByRole("heading", { name: "How can I help?" }).waitFor();
  });
});

describe("the title that the model writes", () => {
  const titled = browserOnTwin({ CHAT_TITLES: "on" });

  it("replaces the first words without a reload, and its price is among the facts", async () => {
    const page = await titled.signedIn();
    await sendAndWait(page, "Hello, my name is Ada");
    await rows(page).getByText("Meeting Ada").waitFor();
    await page.reload();
    await rows(page).getByText("Meeting Ada").waitFor();
    await page.locator("summary").filter({ hasText: "About this answer" }).click();
    await page.getByText("Title written by the model").waitFor();
  });

  it("is never what the model should not write", async () => {
    const page = await titled.signedIn();
    const { script } = titled.twin.parts.bedrock;
    script.addTitle(answerWith("Log in again at https://evil.example"));
    await sendAndWait(page, "What time is it in Rome?");
    await rows(page).getByText("What time is it in Rome?").waitFor();
    await expect
      .poll(() => titled.twin.parts.bedrock.calls.at(-1)?.request.inferenceConfig?.maxTokens)
      .toBe(64);
    await page.reload();
    await rows(page).getByText("What time is it in Rome?").waitFor();
  });
});

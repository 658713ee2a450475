import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

export interface BrowserPage {
  page: Page;
  /** Broken rules of the page: foreign requests, uncaught errors, console errors, violations of the CSP. Stays empty. */
  complaints: string[];
}

/** Opens the page at `url`, whose documents are at `bucketOrigin`, in a new browser context without cookies or storage. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  bucketOrigin?: string,
): Promise<BrowserPage> {
  const complaints: string[] = [];
  // A service worker's requests would pass by the routes of a test.
  const context = await browser.newContext({ baseURL: url, serviceWorkers: "block", ...options });

  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isOurs = origin === new URL(url).origin || origin === bucketOrigin;
    if (protocol !== "data:" && !isOurs) {
      complaints.push(`request to ${origin}`);
    }
  });
  context.on("weberror", (failure) => complaints.push(String(failure.error())));
  context.on("console", (message) => {
    // The browser logs every 4xx as an error. The page handles these responses.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isStatus) complaints.push(message.text());
  });
  await context.exposeFunction("recordViolation", (violation: string) =>
    complaints.push(violation),
  );
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const record: unknown = Reflect.get(window, "recordViolation");
      if (typeof record === "function") record(`${violatedDirective} violated by ${blockedURI}`);
    });
  });

  const page = await context.newPage();
  await page.goto("/");
  return { page, complaints };
}

export async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await composer(page).waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await confirmSignOut(page);
  await page.getByText("You’re signed out.").waitFor();
}

/** Confirms the sign-out dialog, without waiting for the service. */
export async function confirmSignOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
}

/** Opens the settings, and returns their dialog. `language` is the page's. */
export async function openPageSettings(page: Page, language: "en" | "de" = "en"): Promise<Locator> {
  const [menu, settings] = language === "en" ? ["Menu", "Settings"] : ["Menü", "Einstellungen"];
  await page.getByRole("button", { name: menu }).click();
  await page.getByRole("button", { name: settings }).click();
  const dialog = page.getByRole("dialog", { name: settings });
  await dialog.getByRole("radio", { name: "Deutsch" }).waitFor();
  return dialog;
}

/** Returns the field for a message. */
export const composer = (page: Page) => page.getByRole("textbox", { name: "Message", exact: true });

/** Returns the field in the place of a message that the person edits. */
export const editor = (page: Page) => page.getByRole("textbox", { name: "Edit message" });

/** Matches both routes that accept a message. */
export const acceptingRoutes = /\/api\/v1\/chat(\/stream)?$/;

export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  // On a phone Enter alone starts a new line.
  await page.keyboard.press("Control+Enter");
}

/** Returns the turns on the page, oldest first. */
export const turns = (page: Page) =>
  page.getByRole("list", { name: "Conversation", exact: true }).locator("> li");

/** Returns the rows of the conversation list: the pinned ones, then the others, newest first. */
export const rows = (page: Page) =>
  page.getByRole("navigation", { name: "Conversations" }).locator("li[data-id]");

/** Chooses Rename for a row, and waits for the field. */
export async function beginRename(page: Page, row: Locator): Promise<void> {
  await row.getByRole("link").press("F2");
  await page.getByRole("textbox", { name: "Title" }).waitFor();
}

/** Chooses an entry of a row's menu. */
export async function chooseInMenu(page: Page, row: Locator, entry: string): Promise<void> {
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: entry, exact: true }).click();
}

/** Returns the heading of a new chat. */
export const welcome = (page: Page) => page.getByRole("heading", { name: "How can I help?" });

/** Resolves once a turn's answer has ended. */
export const ended = (page: Page, turn = 0) =>
  turns(page).nth(turn).getByText("Demo model ·").waitFor();

/** Sends a message and waits for the end of its answer. */
export async function sendAndWait(page: Page, text: string, turn = 0): Promise<void> {
  await send(page, text);
  await ended(page, turn);
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

/** Returns the violations that axe finds on the page (its default rules, WCAG 2.2 AA included), one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>("axe.run()");
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
}

import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

export interface Visit {
  page: Page;
  /** Everything that must never happen on the page: it stays empty. */
  complaints: string[];
}

/** A person's browser with nothing in it yet, at the page's door. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const complaints: string[] = [];
  const context = await browser.newContext({ baseURL: url, ...options });

  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(url).origin) {
      complaints.push(`request to ${origin}`);
    }
  });
  context.on("weberror", (failure) => complaints.push(String(failure.error())));
  context.on("console", (message) => {
    // The browser itself writes down every 4xx; the page is to deal with those.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isStatus) complaints.push(message.text());
  });
  await context.exposeFunction("tellViolation", (violation: string) => complaints.push(violation));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const tell: unknown = Reflect.get(window, "tellViolation");
      if (typeof tell === "function") tell(`${violatedDirective} violated by ${blockedURI}`);
    });
  });

  const page = await context.newPage();
  await page.goto("/");
  return { page, complaints };
}

export async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await askToSignOut(page);
  await page.getByText("You’re signed out.").waitFor();
}

/** As far as a person can go: whether it comes true is the service's to say. */
export async function askToSignOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  // Enter alone begins a line on a phone.
  await page.keyboard.press("Control+Enter");
}

/** The turns on the page, oldest first. */
export const turns = (page: Page) =>
  page.getByRole("list", { name: "Conversation", exact: true }).locator("> li");

/** The conversations in the list, newest first. */
export const rows = (page: Page) =>
  page.getByRole("list", { name: "Conversations" }).locator("> li");

/** What a new chat begins with. */
export const welcome = (page: Page) => page.getByRole("heading", { name: "How can I help?" });

/** Resolves once a turn's answer has ended. */
export const ended = (page: Page, turn = 0) =>
  turns(page).nth(turn).getByText("Demo model ·").waitFor();

/** Sends a message and waits for the end of its answer. */
export async function ask(page: Page, text: string, turn = 0): Promise<void> {
  await send(page, text);
  await ended(page, turn);
}

export async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? "";
}

/** What a page has against people who see, hear or move differently (WCAG 2.2 AA), in short. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<AxeResults>("axe.run()");
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
}

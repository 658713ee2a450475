import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  editor,
  ended,
  send,
  signIn,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

/** What the webhook has received: the effects. */
const received: string[] = [];
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    received.push(body);
    response.end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const { port } = receiver.address() as AddressInfo;
afterAll(() => void receiver.close());

const here = browserOnTwin(
  {
    WEBHOOKS: JSON.stringify({ deploys: `http://127.0.0.1:${port}/hook` }),
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "0.7",
    BUDGET_OWNER_DAY_USD: "9",
    BUDGET_SITE_DAY_USD: "99",
    BUDGET_SITE_MONTH_USD: "99",
  },
  { viewerAddress: manyAddresses() },
);
const { signedIn } = here;
beforeEach(() => {
  received.splice(0);
  here.twin.parts.bedrock.script.clear();
});
const patience = { timeout: 10_000 };
const phone = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

const webhook = (version: number) => ({
  name: "send_webhook",
  input: { to: "deploys", body: { version } },
});
const approve = (page: Page) => page.getByRole("button", { name: "Approve: Send to a webhook" });
const deny = (page: Page) => page.getByRole("button", { name: "Deny: Send to a webhook" });
const cards = (page: Page) => page.getByRole("group", { name: "Send to a webhook?" });
const step = (page: Page) =>
  turns(page).getByRole("list", { name: "Tools used" }).getByRole("listitem");

/** Sends a message whose answer asks for one webhook per version, and waits for the cards. */
async function park(page: Page, versions = [7]): Promise<void> {
  here.twin.parts.bedrock.script.add(
    callTools(versions.map(webhook), "I will tell the deploy hook. "),
    answerWith("That is all."),
  );
  await send(page, "Tell the deploy hook");
  await expect.poll(() => cards(page).count(), patience).toBe(versions.length);
}

/** Changes rows as only the clock or many turns could. */
async function change(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: here.twin.parts.postgres.ownerUrl("app") });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function transcriptOf(page: Page) {
  const id = new URL(page.url()).pathname.replace("/c/", "");
  return await (await page.context().request.get(`/api/v1/conversations/${id}`)).json();
}

/** Sends a decision that this page does not see: from another device of the same person. */
async function decideElsewhere(page: Page, decision: "approve" | "deny"): Promise<void> {
  const { turns: loaded } = await transcriptOf(page);
  const { conversation_id, turn_id, tools } = loaded.at(-1);
  const [{ id: call_id, approval }] = tools;
  const { arguments_sha256 } = approval;
  const data = { conversation_id, turn_id, call_id, arguments_sha256, decision };
  const response = await page.context().request.post("/api/v1/chat/decision", { data });
  expect(response.status()).toBe(200);
}

/** Returns to the page, as from another window. */
const returnTo = (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event("focus")));

const hasFocus = (locator: Locator) =>
  locator.evaluate((element) => element === document.activeElement);

describe("a call that waits for a decision", () => {
  it("is shown where it arose, whole, and is done once after Approve", async () => {
    const page = await signedIn();
    await park(page);
    const turn = turns(page).nth(0);
    expect(await textOf(turn)).toMatch(
      /I will tell the deploy hook\..*Send to a webhook\?To.*deploys.*Body.*"version": 7/s,
    );
    expect(await textOf(turn)).toContain("Nothing has been done yet.");
    expect(await textOf(turn)).toContain("The answer goes on after you decide.");
    expect(await textOf(turn)).toMatch(/You can decide until .*\d{4}/);
    expect(await page.title()).toBe("(!) Decision needed – Enterprise Agentic AI");
    const status = page.getByRole("status").filter({ hasText: "A decision is needed: " });
    expect(await textOf(status)).toContain("A decision is needed: Send to a webhook.");
    // The card has not taken the focus from the person's next message.
    expect(await hasFocus(composer(page))).toBe(true);
    expect(received).toEqual([]);

    await approve(page).click();
    await ended(page);
    expect(received).toEqual(['{"version":7}']);
    expect(await textOf(turn)).toContain("That is all.");
    await step(page).getByText("done").waitFor();
    expect(await page.title()).toMatch(/^[^!]+ · Enterprise Agentic AI$/);
    expect(await textOf(turn)).not.toContain("restarted");
    await page.reload();
    await ended(page);
    expect(received).toHaveLength(1);
  });

  it("is not done after Deny, and the model gets the note", async () => {
    const page = await signedIn();
    await park(page);
    await deny(page).click();
    const note = page.getByRole("textbox", { name: "Note to the model (optional)" });
    expect(await hasFocus(note)).toBe(true);
    await page.keyboard.press("Escape");
    expect(await hasFocus(deny(page))).toBe(true);
    await page.keyboard.press("Enter");
    await page.keyboard.type("Not before Monday");
    await deny(page).click();
    await ended(page);
    expect(received).toEqual([]);
    await step(page).getByText("denied").click();
    expect(await textOf(step(page))).toMatch(/Note to the model\s*Not before Monday/);
  });

  it("is the same after a reload and in a second tab, and a decision in one tab shows in both", async () => {
    const page = await signedIn();
    await park(page);
    await page.reload();
    await approve(page).waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await approve(other).click();
    await ended(other);
    // A hidden tab gets its messages when it becomes visible.
    await page.bringToFront();
    await ended(page);
    expect(received).toHaveLength(1);
  });

  it("causes no request until the person returns, and then shows a decision of another device", async () => {
    const page = await signedIn();
    await park(page);
    await page.clock.install();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.clock.fastForward(3_600_000);
    expect(requests).toEqual([]);
    await decideElsewhere(page, "approve");
    await returnTo(page);
    await page.clock.resume();
    await ended(page);
    expect(requests[0]).toMatch(/^\/api\/v1\/conversations\//);
    expect(received).toHaveLength(1);
  });

  it("is void once the turn is stopped, and Escape does not stop it", async () => {
    const page = await signedIn();
    await park(page);
    await composer(page).press("Escape");
    expect(await approve(page).count()).toBe(1);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await turns(page).nth(0).getByText("Stopped.").waitFor();
    await step(page).getByText("not done: the answer ended first").waitFor();
    expect(received).toEqual([]);
  });

  it("holds back the messages behind it, which say so", async () => {
    const page = await signedIn();
    await park(page);
    await send(page, "And now?");
    await turns(page).nth(1).getByText("Queued until you decide above").waitFor();
    await deny(page).click();
    await deny(page).click();
    await ended(page, 0);
    await ended(page, 1);
  });

  it("can be ended to edit its message, after a question", async () => {
    const page = await signedIn();
    await park(page);
    const edit = turns(page).nth(0).getByRole("button", { name: "Edit message" });
    await edit.click();
    await page
      .getByText("Editing stops this answer. The steps that wait will not be done.")
      .waitFor();
    expect(await approve(page).count()).toBe(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    await edit.click();
    here.twin.parts.bedrock.script.clear();
    await page.getByRole("button", { name: "Stop and edit" }).click();
    await turns(page).nth(0).getByText("Stopped.").waitFor();
    await editor(page).waitFor();
    expect(await editor(page).inputValue()).toBe("Tell the deploy hook");
    expect(await hasFocus(editor(page))).toBe(true);
    await editor(page).fill("Hello");
    await editor(page).press("Enter");
    await ended(page);
    expect(await turns(page).count()).toBe(1);
    expect(received).toEqual([]);
  });

  it("says what happened before with the same call", async () => {
    const page = await signedIn();
    await park(page);
    await approve(page).click();
    await ended(page);
    here.twin.parts.bedrock.script.add(callTools([webhook(7)]), answerWith("Again."));
    await send(page, "Once more");
    await cards(page)
      .getByText(/^The same step was done on .*If you approve/)
      .waitFor();
    await approve(page).click();
    await ended(page, 1);
    expect(received).toHaveLength(2);
  });
});

describe("several calls", () => {
  it("are decided one by one with the keyboard, and the answer goes on after the last", async () => {
    const page = await signedIn();
    await park(page, [1, 2, 3]);
    await page.getByText("The answer goes on after you decide the 3 open steps.").waitFor();
    await approve(page).nth(0).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Approved. It is done once you have decided the other steps.").waitFor();
    expect(await hasFocus(approve(page).nth(0))).toBe(true);
    expect(received).toEqual([]);
    await page.keyboard.press("Tab");
    expect(await hasFocus(deny(page).nth(0))).toBe(true);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Denied.", { exact: true }).waitFor();
    expect(await hasFocus(approve(page))).toBe(true);
    await page.keyboard.press("Enter");
    await ended(page);
    expect(await hasFocus(composer(page))).toBe(true);
    expect(received).toEqual(['{"version":1}', '{"version":3}']);
  });

  it.each([
    ["Approve all", 2],
    ["Deny all", 0],
  ])("are decided together by %s", async (name, effects) => {
    const page = await signedIn();
    await park(page, [1, 2]);
    await page.getByRole("button", { name }).click();
    await ended(page);
    expect(received).toHaveLength(effects);
  });
});

describe("a decision that the service does not accept", () => {
  it("was made otherwise on another device", async () => {
    const page = await signedIn();
    await park(page);
    await decideElsewhere(page, "deny");
    await approve(page).click();
    await page.getByText("Someone else decided this step differently.").waitFor();
    await ended(page);
    await step(page).getByText("denied").waitFor();
    expect(received).toEqual([]);
  });

  it("comes too late, and the answer goes on without the step", async () => {
    const page = await signedIn();
    await park(page);
    await change("update approvals set expires_at = now() - interval '1 minute'");
    await approve(page).click();
    await page.getByText("Nobody decided in time. This step will not be done.").waitFor();
    await ended(page);
    await step(page).getByText("not done: nobody decided in time").waitFor();
    expect(received).toEqual([]);
  });

  it("is not covered by the budget, and can be made again", async () => {
    const page = await signedIn();
    await park(page);
    await change("update budgets set settled = 9000000 where scope like 'owner/day %'");
    await approve(page).click();
    await page
      .getByText(/^The budget for answers is used up\. It renews on .*Nothing was decided/)
      .waitFor();
    expect(await approve(page).count()).toBe(1);
    expect(received).toEqual([]);
    await change("update budgets set settled = 0 where scope like 'owner/day %'");
    await approve(page).click();
    await ended(page);
    expect(received).toHaveLength(1);
  });

  it("gets no response: the card keeps the note, and the second press counts once", async () => {
    const page = await signedIn();
    await park(page);
    let lost = 0;
    await page.route(
      "**/api/v1/chat/decision",
      async (route) => {
        lost += 1;
        // The service stores the decision, but its response is lost.
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await deny(page).click();
    await page.keyboard.type("No");
    await deny(page).click();
    await page.getByText("Your decision may have been saved. Press again to make sure").waitFor();
    expect(await page.getByRole("textbox", { name: "Note to the model" }).inputValue()).toBe("No");
    await deny(page).click();
    await ended(page);
    expect(lost).toBe(1);
    expect(received).toEqual([]);
  });
});

describe("the cards", () => {
  it.each(["light", "dark"] as const)(
    "fit 320 pixels and pass axe in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ ...phone, colorScheme, reducedMotion: "reduce" });
      await park(page, [1, 2]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
      await deny(page).nth(0).tap();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      const heights = await page
        .getByRole("button", { name: /^(Approve|Deny|Cancel)/ })
        .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().height));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
      await page.getByRole("button", { name: "Cancel" }).tap();
      await page.getByRole("button", { name: "Deny all" }).tap();
      await ended(page);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );

  it("whose script does not load offer a reload", async () => {
    const { page, complaints } = await here.open();
    await signIn(page, here.twin.password);
    await page.route("**/assets/approvals*", (route) => route.abort());
    here.twin.parts.bedrock.script.add(callTools([webhook(7)]), answerWith("That is all."));
    await send(page, "Tell the deploy hook");
    await page.getByText("A decision is needed, but its part of the page did not load.").waitFor();
    await page.unroute("**/assets/approvals*");
    await page.getByRole("button", { name: "Reload" }).click();
    await approve(page).click();
    await ended(page);
    expect(received).toHaveLength(1);
    expect(complaints.splice(0).join()).toMatch(/approvals/);
  });

  it("are in German", async () => {
    const { page } = await here.open({ locale: "de-DE" });
    await page.getByLabel("Passwort").fill(here.twin.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    here.twin.parts.bedrock.script.add(callTools([webhook(7)]), answerWith("Fertig."));
    const field = page.getByRole("textbox", { name: "Nachricht" });
    await field.fill("Sag es dem Webhook");
    await field.press("Enter");
    await page.getByRole("button", { name: "Zustimmen: An einen Webhook senden" }).click();
    await page.getByRole("list", { name: "Unterhaltung" }).getByText("Fertig.").waitFor();
    expect(received).toHaveLength(1);
  });
});

describe("an approval link", () => {
  /** Returns the address of the link of the only waiting call. */
  async function linkOf(page: Page): Promise<string> {
    const { turns: loaded } = await transcriptOf(page);
    const { conversation_id, turn_id } = loaded.at(-1);
    const query = new URLSearchParams({ conversation_id, turn_id });
    const headers = { accept: "application/json" };
    const state = await page.context().request.get(`/api/v1/chat?${query}`, { headers });
    return (await state.json()).tools[0].approval.link;
  }

  it("shows one call to another person after a login, and is used once", async () => {
    const page = await signedIn();
    await park(page);
    const link = await linkOf(page);
    const { page: other } = await here.open();
    await other.goto(link);
    await other.getByLabel("Password").fill(here.twin.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await approve(other).waitFor();
    expect(new URL(other.url()).pathname).toBe(new URL(link, page.url()).pathname);
    const shown = await textOf(other.locator("body"));
    expect(shown).toMatch(/Decision about one step.*Send to a webhook\?.*deploys.*"version": 7/s);
    expect(shown).not.toContain("Tell the deploy hook");
    expect(shown).not.toContain("I will tell");
    expect(await accessibilityFaults(other)).toEqual([]);
    await other.getByRole("textbox", { name: "Note to the model" }).fill("Go");
    await approve(other).press("Enter");
    const result = other.getByText("Approved. The answer goes on after all its steps are decided.");
    await result.waitFor();
    expect(await hasFocus(result)).toBe(true);
    await expect.poll(() => received.length, patience).toBe(1);
    await other.reload();
    await other.getByText("This step was already approved.").waitFor();
    expect(await approve(other).count()).toBe(0);
    await returnTo(page);
    await ended(page);
    expect(received).toHaveLength(1);
  });

  it("that has expired, or is no link, says so", async () => {
    const page = await signedIn();
    await page.goto("/approve/not.a.link");
    await page
      .getByText("This link doesn’t work. It may have expired, or it is incomplete.")
      .waitFor();
    await page.getByRole("link", { name: "Open the chat" }).click();
    await composer(page).waitFor();
    await park(page);
    const link = await linkOf(page);
    await change("update approvals set expires_at = now() - interval '1 minute'");
    await page.goto(link);
    await page.getByText("This link has expired. Nobody decided in time").waitFor();
    expect(received).toEqual([]);
  });

  it("fits 320 pixels and passes axe in the dark theme", async () => {
    const page = await signedIn({ ...phone, colorScheme: "dark" });
    await park(page);
    await page.goto(await linkOf(page));
    await approve(page).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await deny(page).tap();
    await page.getByText("Denied. The model is told that it may not do this.").waitFor();
    expect(received).toEqual([]);
  });
});

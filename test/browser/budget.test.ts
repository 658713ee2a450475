import pg from "pg";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { textEvents, toolCallEvents } from "#local/bedrock/answer.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  acceptingRoutes,
  accessibilityFaults,
  composer,
  ended,
  rows,
  send,
  sendAndWait,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

/** One owner's day covers the worst case of one turn, and no other turn once the first has cost anything. */
const here = browserOnTwin(
  {
    BEDROCK_PRICES: '{"demo-model":{"input":1,"output":5}}',
    BUDGET_TURN_USD: "0.7",
    BUDGET_OWNER_DAY_USD: "0.7",
    THREAD_TOKENS: "40000",
  },
  { viewerAddress: manyAddresses() },
);
const inBerlin = { timezoneId: "Europe/Berlin", locale: "en-GB" };
const signedIn = () => here.signedIn(inBerlin);

const usedUp = /^The budget for answers is used up\. It renews on (.*)\. Your message is saved\.$/;

/** Changes rows as only the clock or many turns could. */
async function change(sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: here.twin.parts.postgres.ownerUrl("app") });
  await client.connect();
  await client.query(sql, values);
  await client.end();
}

/** Sets the spending of all owners back, as midnight does. */
const renewBudgets = () => change("update budgets set settled = 0 where scope like 'owner/day %'");

/** Records the requests that accept a message from now on. */
function recordSends(page: Page): string[] {
  const sends: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sends.push(new URL(request.url()).pathname);
  });
  return sends;
}

/** Returns the next midnight in UTC as the page in Berlin writes it. */
function nextMidnight(): string {
  const at = new Date();
  at.setUTCHours(24, 0, 0, 0);
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "Europe/Berlin" } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(at);
}

describe("a message that the budget does not cover", () => {
  it("stays in the transcript with the time of renewal, and Retry replaces it", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    const sends = recordSends(page);
    await send(page, "And now?");
    const shown = await textOf(turns(page).nth(1).getByText(usedUp));
    expect(shown.match(usedUp)?.[1]).toBe(nextMidnight());
    expect(await textOf(turns(page).nth(1))).toContain("And now?");
    expect(await composer(page).inputValue()).toBe("");
    expect(await page.getByRole("alert").count()).toBe(0);
    const status = page
      .getByRole("status")
      .filter({ hasText: "The budget for answers is used up." });
    await status.waitFor({ state: "attached" });
    expect(await accessibilityFaults(page)).toEqual([]);

    // The button of the first refusal may be there for another frame: the second one must not meet the renewed budget.
    const refused = page.waitForResponse(acceptingRoutes);
    await turns(page).nth(1).getByRole("button", { name: "Retry" }).click();
    await refused;
    expect(sends).toHaveLength(2);
    await turns(page).nth(1).getByRole("button", { name: "Retry" }).waitFor();
    expect(await turns(page).count()).toBe(2);
    await renewBudgets();
    await turns(page).nth(1).getByRole("button", { name: "Retry" }).click();
    await ended(page, 1);
    expect(await turns(page).count()).toBe(2);
    expect(sends).toEqual(Array.from({ length: 3 }, () => "/api/v1/chat/stream"));
    await page.reload();
    await ended(page, 1);
    expect(await turns(page).count()).toBe(2);
  });

  it("begins a conversation that a reload shows again", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    await page.getByRole("button", { name: "New chat" }).click();
    await send(page, "A new start");
    await turns(page).nth(0).getByText(usedUp).waitFor();
    await rows(page).getByRole("link", { name: "A new start" }).waitFor();
    await page.reload();
    await turns(page).nth(0).getByText(usedUp).waitFor();
    expect(await turns(page).count()).toBe(1);
  });

  it("returns the messages behind it to the composer, and sends none of them", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    const sends = recordSends(page);
    const held = Promise.withResolvers<void>();
    await page.route(acceptingRoutes, async (route) => {
      await held.promise;
      await route.continue();
    });
    await send(page, "one");
    await send(page, "two");
    await send(page, "three");
    held.resolve();
    await turns(page).nth(1).getByText(usedUp).waitFor();
    await expect.poll(() => composer(page).inputValue()).toBe("two\n\nthree");
    expect(await turns(page).count()).toBe(2);
    expect(sends).toEqual(["/api/v1/chat/stream"]);
  });

  it("fails in the queue once the answer before it has used the budget up", async () => {
    const page = await signedIn();
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    await send(page, "Hello");
    await gate.reached;
    await send(page, "And now?");
    await turns(page).nth(1).getByText("Queued").waitFor();
    gate.release();
    await ended(page, 0);
    await turns(page).nth(1).getByText(usedUp).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("that waited without a reader shows why it failed when the person returns", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    const conversation = page.url();
    await page.evaluate(async (id) => {
      await fetch("/api/v1/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ message: "Accepted only", conversation_id: id }),
      });
    }, new URL(conversation).pathname.slice("/c/".length));
    await page.reload();
    await turns(page).nth(1).getByText(usedUp).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});

it("an answer that reaches its own limit keeps its text", async () => {
  const page = await signedIn();
  const usage = { inputTokens: 699_000, outputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0 };
  here.twin.parts.bedrock.script.add({
    answer: [
      ...textEvents("Let me calculate that."),
      ...toolCallEvents("call-1", "calculator", '{"expression":"1+1"}'),
      { type: "stop", reason: "tool_use", usage },
    ],
  });
  await send(page, "What is 1+1?");
  const turn = turns(page).nth(0);
  await turn.getByText("The answer reached its cost limit.").waitFor();
  expect(await textOf(turn)).toContain("Let me calculate that.");
  await turn.getByRole("button", { name: "Retry" }).waitFor();
});

describe("the usage", () => {
  const open = async (page: Page) => {
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "Usage" }).click();
    const dialog = page.getByRole("dialog", { name: "Usage" });
    await dialog.getByRole("heading", { name: "By day" }).waitFor();
    return dialog;
  };

  it("shows an owner without answers the whole budget, and no plot", async () => {
    const page = await signedIn();
    const dialog = await open(page);
    await dialog.getByText("US$0.70 of US$0.70 left").waitFor();
    await dialog.getByText("No answers in the last 90 days.").waitFor();
    expect(await dialog.getByRole("table").count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  it.each(["light", "dark"] as const)(
    "has money, tokens and answers as a plot and a table in the %s theme",
    async (colorScheme) => {
      const page = await here.signedIn({ ...inBerlin, colorScheme });
      await sendAndWait(page, "Hello");
      await change(
        `insert into bookings (turn_id, attempt, owner, day, reserved, call_worst, spent, state, usage)
         select gen_random_uuid(), 1, newest.owner, newest.day - ago, 0, 0, ago * 12345,
           case when ago = 3 then 'estimated' else 'settled' end,
           '{"input_tokens":900,"cache_read_tokens":90,"cache_write_tokens":9,"output_tokens":100}'
         from (select bookings.owner, day from bookings join turns on turns.id = turn_id and attempt = 1
           where conversation_id = $1) as newest, unnest(array[1, 2, 3, 40]) as ago`,
        [new URL(page.url()).pathname.slice("/c/".length)],
      );
      const dialog = await open(page);
      await dialog.getByText(`Renews on ${nextMidnight()}`).first().waitFor();
      await dialog.getByText(/^Today: 9\d% left$/).waitFor();
      const plot = dialog.getByRole("img");
      expect(await plot.getAttribute("aria-label")).toMatch(
        /^Cost: US\$0\.07\d? in total\. Highest on /,
      );
      const cells = async () =>
        (await dialog.getByRole("row").allInnerTexts()).map((row) => row.split(/\s*\t\s*/));
      const month = await cells();
      expect(month[0]).toEqual(["Day", "Cost", "Answers", "Tokens in", "from cache", "Tokens out"]);
      expect(month).toHaveLength(6);
      expect(month[4]?.slice(1)).toEqual(["≤ US$0.037", "1", "999", "90", "100"]);
      await dialog.getByText("≤ and dashed: the exact cost is unknown").waitFor();
      await dialog.getByRole("radio", { name: "90 days" }).check();
      expect(await cells()).toHaveLength(7);
      await dialog.getByRole("radio", { name: "Answers" }).check();
      expect(await plot.getAttribute("aria-label")).toMatch(/^Answers: 5 in total\./);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
  );

  it("offers another attempt after a failure", async () => {
    const page = await signedIn();
    await page.route("**/api/v1/usage*", (route) => route.abort());
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "Usage" }).click();
    const dialog = page.getByRole("dialog", { name: "Usage" });
    await dialog.getByRole("alert").filter({ hasText: /./ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute("**/api/v1/usage*");
    await dialog.getByRole("button", { name: "Try again" }).click();
    await dialog.getByText("US$0.70 of US$0.70 left").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });

  it("shows the login once the session has ended", async () => {
    const page = await signedIn();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "Usage" }).click();
    await page.getByLabel("Password").waitFor();
  });

  it("is in German, with the region's money and dates", async () => {
    const { page } = await here.open({ ...inBerlin, locale: "de-DE" });
    await page.getByLabel("Passwort").fill(here.twin.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByRole("button", { name: "Menü" }).click();
    await page.getByRole("button", { name: "Verbrauch" }).click();
    const dialog = page.getByRole("dialog", { name: "Verbrauch" });
    await dialog.getByText(/^0,70\s\$ von 0,70\s\$ übrig$/).waitFor();
    await dialog
      .getByText(/^Erneuert sich am \d\d\.\d\d\.\d{4}, 0[12]:00$/)
      .first()
      .waitFor();
  });
});

describe("the meter of the context", () => {
  const meter = (page: Page) => page.getByRole("button", { name: /^Context of this chat: / });

  it("appears when a third is full, and explains itself", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    expect(await meter(page).count()).toBe(0);
    await renewBudgets();
    // 60,000 bytes are 15,000 of 40,000 tokens.
    await change("update turns set result = repeat('word ', 12000) where input = 'Hello'");
    await page.reload();
    await meter(page).waitFor();
    expect(await meter(page).getAttribute("aria-label")).toBe("Context of this chat: 38% full");
    await meter(page).press("Enter");
    await page
      .getByText("The model reads about 15,000 of at most 40,000 tokens of this chat.")
      .waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

import { readFile } from "node:fs/promises";
import pg from "pg";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { unknownUsage } from "#lib/contract/chat.ts";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  ended,
  rows,
  send,
  sendAndWait,
  signIn,
  signOut,
  textOf,
  turns,
  welcome,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const conversationId = (page: Page) => new URL(page.url()).pathname.slice("/c/".length);

/** Rows that would take long to create through the page. */
async function seed(sql: string, values: unknown[]): Promise<void> {
  const owner = new pg.Client({ connectionString: here.twin.parts.postgres.ownerUrl("app") });
  await owner.connect();
  await owner.query(sql, values);
  await owner.end();
}

describe("a conversation in two tabs", () => {
  it("streams in both and ends with the same text", async () => {
    const page = await signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("One two three four five."), 3, stall(gate)),
    );
    await send(page, "Count");
    await gate.reached;
    const other = await page.context().newPage();
    await other.goto(page.url());
    for (const tab of [page, other]) {
      await turns(tab).nth(0).getByText("One two three").waitFor();
      expect(await textOf(turns(tab).nth(0))).not.toContain("four");
    }
    gate.release();
    for (const tab of [page, other]) {
      await ended(tab);
      expect(await textOf(turns(tab).nth(0))).toContain("One two three four five.");
      expect(await turns(tab).count()).toBe(1);
    }
  });
});

/** Opens one conversation with one answer in both tabs. */
async function inTwoTabs() {
  const page = await signedIn();
  await sendAndWait(page, "Hello, my name is Ada");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await ended(other);
  return { page, other };
}

describe("another tab of the same browser", () => {
  it("shows new turns, titles and deletions", async () => {
    const { page, other } = await inTwoTabs();

    await send(page, "What is my name?");
    await ended(other, 1);
    expect(await textOf(turns(other).nth(1))).toContain("What is my name?");
    await page.getByRole("button", { name: "New chat" }).click();
    await welcome(page).waitFor();
    await send(page, "What time is it in Tokyo?");
    await rows(other).nth(1).waitFor();
    expect(await textOf(rows(other).nth(0))).toContain("Tokyo");

    await rows(page).getByRole("button", { name: "Rename Hello" }).press("Enter");
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    await rows(other).getByText("Greetings").waitFor();
    await rows(page).getByRole("button", { name: "Delete Greetings" }).press("Enter");
    // The next deletion commits the pending one.
    await rows(page).getByRole("button", { name: "Delete What time" }).press("Enter");
    await other.getByText("Conversation not found, or not yours.").waitFor();
    await expect.poll(() => rows(other).count(), patience).toBe(1);
  });

  it("signs out and in with this one and keeps nothing of the previous owner", async () => {
    const { page, other } = await inTwoTabs();
    await composer(other).fill("A secret");
    await signOut(page);
    await other.getByText("You’re signed out.").waitFor();
    await signIn(page, here.twin.password);
    await welcome(other).waitFor();
    expect(await composer(other).inputValue()).toBe("");
    expect(new URL(other.url()).pathname).toBe("/");
  });
});

describe("the last message", () => {
  it("is replaced by its edited version", async () => {
    const page = await signedIn();
    await send(page, "My name is Ada");
    await ended(page);
    await turns(page).getByRole("button", { name: "Edit message" }).click();
    expect(await composer(page).inputValue()).toBe("My name is Ada");
    await send(page, "My name is Grace");
    await turns(page).getByText("My name is Grace").waitFor();
    expect(await turns(page).count()).toBe(1);
    await send(page, "What is my name?");
    await ended(page, 1);
    expect(await textOf(turns(page).nth(1))).toContain("Grace");
    await page.reload();
    await turns(page).nth(1).waitFor();
    expect(await turns(page).count()).toBe(2);
  });

  it("can be regenerated, and Escape cancels its editing", async () => {
    const page = await signedIn();
    await send(page, "What is 12.5% of 480?");
    await ended(page);
    const gate = here.twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    await turns(page).getByRole("button", { name: "Regenerate" }).click();
    await gate.reached;
    await turns(page).getByText("Writing…").or(turns(page).getByText("Thinking…")).waitFor();
    gate.release();
    await ended(page);
    expect(await turns(page).count()).toBe(1);
    await turns(page).getByRole("button", { name: "Edit message" }).click();
    await page.getByText("Editing. Sending replaces this message and its answer.").waitFor();
    await page.keyboard.press("Escape");
    await page
      .getByText("Editing. Sending replaces this message and its answer.")
      .waitFor({ state: "detached" });
    expect(await composer(page).inputValue()).toBe("");
  });
});

describe("a long history", () => {
  it("shows its newest turns, loads earlier ones on request, and is exported whole", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is Ada");
    await ended(page);
    await seed(
      `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, model, usage, finished_at)
       select gen_random_uuid(), conversation_id, owner, 'seeded', 'Question ' || number, 'done', 1, 'Answer ' || number, model, usage, now()
       from turns, generate_series(1, 60) as number where conversation_id = $1`,
      [conversationId(page)],
    );
    await page.reload();
    await turns(page).getByText("Answer 60", { exact: true }).waitFor();
    expect(await turns(page).count()).toBe(50);
    const scrolled = () => page.evaluate(() => window.scrollY);
    await expect.poll(scrolled, patience).toBeGreaterThan(1_000);

    const firstShown = turns(page).getByText("Answer 11", { exact: true });
    await firstShown.scrollIntoViewIfNeeded();
    await page.getByRole("button", { name: "Load earlier messages" }).click();
    await turns(page).nth(60).waitFor();
    // The reader's position does not change.
    await expect.poll(() => isInView(firstShown), patience).toBe(true);
    expect(await textOf(turns(page).nth(0))).toContain("my name is Ada");
    expect(await page.getByRole("button", { name: "Load earlier messages" }).count()).toBe(0);

    const markdown = await saved(page, "Export chat as Markdown");
    expect(markdown.name).toBe("hello-my-name-is-ada.md");
    expect(markdown.text).toMatch(/^# Hello, my name is Ada\n/);
    const questions = [...markdown.text.matchAll(/^Question (\d+)$/gm)].map(([, n]) => Number(n));
    expect(questions).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const json = await saved(page, "Export chat as JSON");
    expect(json.name).toBe("hello-my-name-is-ada.json");
    expect(JSON.parse(json.text).turns).toHaveLength(61);
  });

  it("shows eight turns at first, even if a page of the API holds two", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is Ada");
    await ended(page);
    const tools = [
      { id: "call", name: "read_page", state: "done", input: {}, output: "x".repeat(300_000) },
    ];
    await seed(
      `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, tools, finished_at)
       select gen_random_uuid(), conversation_id, owner, 'seeded', 'Question ' || number, 'done', 1, 'Answer ' || number, $2, now()
       from turns, generate_series(1, 20) as number where conversation_id = $1`,
      [conversationId(page), JSON.stringify(tools)],
    );
    await page.reload();
    await turns(page).getByText("Answer 13", { exact: true }).waitFor();
    expect(await turns(page).count()).toBe(8);
    expect(await page.getByRole("button", { name: "Load earlier messages" }).count()).toBe(1);
  });

  it("loads more of the list on request", async () => {
    const page = await signedIn();
    await send(page, "Hello");
    await ended(page);
    await seed(
      `insert into conversations (id, owner, title, updated_at)
       select gen_random_uuid(), owner, 'Old ' || number, now() - number * interval '1 day'
       from conversations, generate_series(1, 40) as number where id = $1`,
      [conversationId(page)],
    );
    await page.reload();
    await expect.poll(() => rows(page).count(), patience).toBe(30);
    await page.getByRole("button", { name: "Load more" }).click();
    await expect.poll(() => rows(page).count(), patience).toBe(41);
    expect(await textOf(rows(page).last())).toContain("Old 40");
    expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
  });
});

describe("footnotes and checkboxes of an answer", () => {
  it("have names, link to each other, and do not navigate", async () => {
    const page = await signedIn();
    const text =
      "One[^a] and two[^b].\n\n- [x] **Buy** ink\n- [ ] Write\n\n$$\n\\begin{align} a &= b \\\\ &= c \\end{align}\n$$\n\n[^a]: The *first*.\n[^b]: The second.\n\n| a |\n|---|\n| 1 |\n\n```js\nf()\n```\n";
    for (const number of [0, 1]) {
      here.twin.parts.bedrock.script.add(answerWith(text));
      await send(page, "Hello");
      await ended(page, number);
    }
    const answer = turns(page).nth(1);
    await answer.locator("math mtable").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const ids = await page.evaluate(() =>
      [...document.querySelectorAll("[id]")].map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(await answer.getByRole("checkbox", { name: "Buy ink" }).isChecked()).toBe(true);
    const address = page.url();
    await answer.getByRole("button", { name: "Footnote 2", exact: true }).click();
    expect(await page.locator(":focus").textContent()).toContain("The second.");
    await answer.getByRole("button", { name: "Back to reference 2" }).click();
    expect(await page.locator(":focus").textContent()).toBe("2");
    expect(page.url()).toBe(address);
    expect(await answer.getByRole("heading", { name: "Footnotes" }).count()).toBe(1);
  });
});

describe("a formula", () => {
  it("is typeset once it is complete, and the first one loads the typesetter", async () => {
    const page = await signedIn();
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    const isTypesetter = (path: string) => path.startsWith("/assets/typeset");
    await send(page, "It costs $5 and $6");
    await ended(page);
    expect(loaded.filter(isTypesetter)).toEqual([]);

    const gate = createGate();
    const text =
      "So:\n\n$$\n\\frac{a}{b}\n- c\n$$\n\nand $5 and $6, but \\(x^2\\) and $\\broken{x}$.";
    here.twin.parts.bedrock.script.add(interrupt(answerWith(text), 4, stall(gate)));
    await send(page, "Now really");
    await gate.reached;
    // The minus starts no list, and half a formula is no error.
    const answer = turns(page).nth(1);
    await answer.getByText("$$ \\frac{a}{b} -").waitFor();
    expect(await answer.locator("math, li").count()).toBe(0);
    gate.release();
    await ended(page, 1);
    await answer.locator("math").nth(1).waitFor();
    expect(loaded.some(isTypesetter)).toBe(true);
    expect(await answer.locator("math").count()).toBe(2);
    expect(await answer.locator("mfrac").count()).toBe(1);
    expect(await textOf(answer)).toContain("and $5 and $6, but ");
    expect(await textOf(answer)).toContain("$\\broken{x}$");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("scrolls horizontally when it is wider than a phone", async () => {
    const page = await signedIn({ viewport: { width: 320, height: 640 } });
    const wide = `\\frac{${"abcdefgh".repeat(12)}}{2}`;
    here.twin.parts.bedrock.script.add(
      answerWith(
        `In $${wide}$ line.\n\n1. Item $${wide}$\n   $$${wide}$$\n\n> Quoted $${wide}$\n\n$$${wide}$$`,
      ),
    );
    await send(page, "Wide");
    await ended(page);
    await turns(page).locator("math").nth(4).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await turns(page).locator("li").boundingBox()).toMatchObject({ x: 40 });
  });
});

const isInView = (locator: Locator) =>
  locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  });

/** Exports the conversation and returns the downloaded file. */
async function saved(page: Page, item: string): Promise<{ name: string; text: string }> {
  await page.getByRole("button", { name: "Settings" }).click();
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: item }).click();
  const file = await coming;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

describe("the facts of an answer", () => {
  it.each([
    ["are unknown where the model reported none", null, "TokensUnknown", "CostUnknown"],
    [
      "name the tokens from the cache",
      0.25,
      "Tokens1,234 in (1,000 from cache), 56 out",
      "Cost$0.25",
    ],
    ["omit the cost of a free model", 0, "Tokens1,234 in (1,000 from cache), 56 out", null],
  ])("%s", async (_, cost, tokens, costShown) => {
    const page = await signedIn();
    await sendAndWait(page, "Hello");
    const known = {
      input_tokens: 200,
      cache_read_tokens: 1_000,
      cache_write_tokens: 34,
      output_tokens: 56,
    };
    const usage = { ...(cost === null ? unknownUsage : known), cost_usd: cost };
    await seed("update turns set usage = $1 where conversation_id = $2", [
      JSON.stringify(usage),
      conversationId(page),
    ]);
    await page.reload();
    const facts = turns(page).nth(0).locator("details").last();
    await facts.locator("summary").click();
    const shown = await facts.locator("dl > div").allInnerTexts();
    const lines = shown.map((line) => line.replaceAll("\n", ""));
    expect(lines).toContain(tokens);
    if (costShown === null) expect(lines.filter((line) => line.startsWith("Cost"))).toEqual([]);
    else expect(lines).toContain(costShown);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

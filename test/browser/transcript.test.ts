import { readFile } from "node:fs/promises";
import pg from "pg";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { unknownUsage } from "#lib/contract/chat.ts";
import { answerWith, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  beginRename,
  composer,
  editor,
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
import { chainTurns } from "#test/support/chain-turns.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { addConversations } from "#test/support/seeded-conversations.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };

const conversationId = (page: Page) => new URL(page.url()).pathname.slice("/c/".length);

/** Adds rows that would take long to create through the page. The first value is the id of the open conversation. */
async function seed(page: Page, sql: string, values: unknown[] = []): Promise<void> {
  const owner = new pg.Client({ connectionString: here.twin.parts.postgres.ownerUrl("app") });
  await owner.connect();
  await owner.query(sql, [conversationId(page), ...values]);
  await chainTurns(owner, conversationId(page));
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

    await beginRename(page, rows(page).filter({ hasText: "Hello" }));
    await page.keyboard.insertText("Greetings");
    await page.keyboard.press("Enter");
    await rows(other).getByText("Greetings").waitFor();
    await rows(page).getByRole("link", { name: "Greetings" }).press("Delete");
    // The next deletion commits the pending one.
    await rows(page).getByRole("link", { name: "What time" }).press("Delete");
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

const questions = ["My name is Ada", "What is 12.5% of 480?", "What is my name?"] as const;

/** Opens a conversation of three questions. */
async function askThree(page: Page): Promise<void> {
  for (const [turn, question] of questions.entries()) await sendAndWait(page, question, turn);
}

/** Resolves once the page shows these messages, each with an answer. */
async function showing(page: Page, messages: readonly string[]): Promise<void> {
  await turns(page).nth(messages.length).waitFor({ state: "detached" });
  for (const [turn, message] of messages.entries()) {
    await turns(page).nth(turn).getByText(message).first().waitFor();
    await ended(page, turn);
  }
}

/** Sends another version of a message, and waits for its answer. */
async function edit(page: Page, turn: number, text: string): Promise<void> {
  await turns(page).nth(turn).getByRole("button", { name: "Edit message" }).click();
  await editor(page).fill(text);
  await editor(page).press("Enter");
  await turns(page).nth(turn).getByText(text).first().waitFor();
  await ended(page, turn);
}

const version = (page: Page, number: number, count: number) =>
  page.getByRole("group", { name: `Version ${number} of ${count}` });
const pageTo = (page: Page, name: "Previous version" | "Next version", turn = 0) =>
  turns(page).nth(turn).getByRole("button", { name }).click();

describe("any message", () => {
  it("can be edited and regenerated, and each version stays with what followed it", async () => {
    const page = await signedIn();
    await askThree(page);
    const edited = ["My name is Grace"];
    await edit(page, 0, "My name is Grace");
    await showing(page, edited);
    await version(page, 2, 2).waitFor();
    await sendAndWait(page, "What is my name?", 1);
    expect(await textOf(turns(page).nth(1))).toContain("Grace");

    await pageTo(page, "Previous version");
    await showing(page, questions);
    expect(await textOf(turns(page).nth(2))).toContain("Ada");
    await turns(page).nth(1).getByRole("button", { name: "Regenerate" }).click();
    await showing(page, questions.slice(0, 2));
    await version(page, 2, 2).waitFor();
    await page.reload();
    await showing(page, questions.slice(0, 2));
    expect(await turns(page).count()).toBe(2);
    await pageTo(page, "Previous version", 1);
    await showing(page, questions);
    await pageTo(page, "Next version");
    await showing(page, ["My name is Grace", "What is my name?"]);

    const downloaded = page.waitForEvent("download");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "Export chat as Markdown" }).click();
    const exported = await readFile(await (await downloaded).path(), "utf8");
    expect(exported).toContain("My name is Grace");
    expect(exported).not.toContain("480");
  });

  it("pages by keyboard with the focus at the same button, in every tab and on a return", async () => {
    const page = await signedIn();
    await askThree(page);
    await edit(page, 0, "My name is Grace");
    const other = await page.context().newPage();
    await other.goto(page.url());
    const away = await openElsewhere(page);
    await showing(away, ["My name is Grace"]);
    await version(other, 2, 2).waitFor();

    const previous = turns(page).nth(0).getByRole("button", { name: "Previous version" });
    await previous.focus();
    const { y } = (await previous.boundingBox())!;
    await page.keyboard.press("Enter");
    await showing(page, questions);
    expect(await previous.evaluate((element) => element === document.activeElement)).toBe(true);
    // The page scrolls one frame after the text is there.
    await expect.poll(async () => (await previous.boundingBox())?.y, patience).toBeCloseTo(y, -1);
    expect(await previous.getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Enter");
    await version(page, 1, 2).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await other.bringToFront();
    await showing(other, questions);
    expect(await turns(away).count()).toBe(1);
    await away.evaluate(() => window.dispatchEvent(new Event("focus")));
    await showing(away, questions);
    await away.context().close();
  });

  it("ends in two tabs that switch at once with the version that the service stored", async () => {
    const page = await signedIn();
    await sendAndWait(page, "My name is Ada");
    await edit(page, 0, "My name is Grace");
    await edit(page, 0, "My name is Alan");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await version(other, 3, 3).waitFor();
    await Promise.all([pageTo(page, "Previous version"), pageTo(other, "Previous version")]);
    await version(page, 2, 3).waitFor();
    await version(other, 2, 3).waitFor();
    const switches: Promise<unknown>[] = [];
    for (const tab of [page, other]) {
      tab.on("request", (request) => {
        if (request.method() === "PATCH") switches.push(request.response());
      });
    }
    await Promise.all([pageTo(page, "Previous version"), pageTo(other, "Next version")]);
    await Promise.all(switches);
    const response = await page.request.get(`/api/v1/conversations/${conversationId(page)}`);
    const { turns: stored } = (await response.json()) as { turns: { message: string }[] };
    for (const tab of [page, other]) {
      await tab.bringToFront();
      await turns(tab).getByText(stored[0]!.message).first().waitFor();
    }
  });

  it("lets an answer to another version go on, says so, and shows it on request", async () => {
    const page = await signedIn();
    await askThree(page);
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      interrupt(answerWith("One two three four five."), 2, stall(gate)),
    );
    await send(page, "Count");
    await gate.reached;
    await turns(page).nth(3).getByText("One two").waitFor();
    await turns(page).nth(0).getByRole("button", { name: "Edit message" }).click();
    await editor(page).fill("My name is Grace");
    await editor(page).press("Enter");
    const line = page.getByText("An answer to another version is being written.");
    await line.waitFor();
    expect(await turns(page).count()).toBe(1);
    await turns(page).getByText("Queued").waitFor();
    expect(await textOf(page.getByRole("main"))).not.toContain("One two");

    await page.reload();
    await line.waitFor();
    await page.getByRole("button", { name: "Show it" }).click();
    await turns(page).nth(3).getByText("One two").waitFor();
    await line.waitFor();
    gate.release();
    await turns(page).nth(3).getByText("One two three four five.").waitFor();
    await line.waitFor({ state: "detached" });
    await pageTo(page, "Next version");
    await showing(page, ["My name is Grace"]);
  });

  it("can be changed without a new answer, and shows its earlier text on request", async () => {
    const page = await signedIn();
    await sendAndWait(page, "My name is Ada");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await ended(other);
    await page.bringToFront();
    const edit = turns(page).getByRole("button", { name: "Edit message" });
    await edit.click();
    await editor(page).fill("My name is Grace");
    // The page that came to the front may still load the conversation.
    await page.route("**/api/v1/conversations/*", (route) =>
      route.request().method() === "PATCH" ? route.abort() : route.fallback(),
    );
    await page.getByRole("button", { name: "Save only" }).click();
    await turns(page).getByRole("alert").waitFor();
    await page.unroute("**/api/v1/conversations/*");
    expect(await editor(page).inputValue()).toBe("My name is Grace");
    await page.getByRole("button", { name: "Save only" }).click();
    for (const tab of [page, other]) {
      await tab.bringToFront();
      await turns(tab).getByText("My name is Grace").waitFor();
      await turns(tab).getByText("Edited").click();
      await turns(tab).getByText("My name is Ada", { exact: true }).waitFor();
    }
    expect(await turns(page).count()).toBe(1);
    // The model reads the new text.
    await sendAndWait(page, "What is my name?", 1);
    expect(await textOf(turns(page).nth(1))).toContain("Grace");
  });

  it("is edited in view, below the header of a phone", async () => {
    const page = await signedIn({ viewport: { width: 375, height: 740 }, hasTouch: true });
    here.twin.parts.bedrock.script.add(answerWith("A paragraph of some words.\n\n".repeat(12)));
    await sendAndWait(page, "Tell me");
    await turns(page).getByRole("button", { name: "Edit message" }).click();
    await editor(page).waitFor();
    const isOnTop = () =>
      editor(page).evaluate((field) => {
        const { left, top } = field.getBoundingClientRect();
        return document.elementFromPoint(left + 5, top + 5) === field;
      });
    await expect.poll(isOnTop, patience).toBe(true);
  });

  it("shows the old version and says so when another one cannot be shown", async () => {
    const page = await signedIn();
    await sendAndWait(page, "My name is Ada");
    await edit(page, 0, "My name is Grace");
    await page.route("**/api/v1/conversations/*", (route) => route.abort(), { times: 1 });
    await pageTo(page, "Previous version");
    await page.getByRole("alert").getByText("Couldn’t show the other version.").waitFor();
    await showing(page, ["My name is Grace"]);
    await pageTo(page, "Previous version");
    await showing(page, ["My name is Ada"]);
    expect(await page.getByRole("alert").filter({ hasText: /./ }).count()).toBe(0);
  });
});

/** Opens the conversation of a page on another device of the same owner. */
async function openElsewhere(page: Page): Promise<Page> {
  const storageState = await page.context().storageState();
  const context = await page.context().browser()!.newContext({ storageState });
  const away = await context.newPage();
  await away.goto(page.url());
  return away;
}

describe("an answer", () => {
  it("stays as it is when the person sends the next message", async () => {
    const page = await signedIn();
    const long = "A paragraph of some words.\n\n".repeat(12);
    here.twin.parts.bedrock.script.add(answerWith(long), answerWith(long));
    await sendAndWait(page, "Tell me");
    await page.evaluate(() => {
      Reflect.set(window, "shifts", 0);
      new PerformanceObserver((list) => {
        const values = list.getEntries().map((entry): number => Reflect.get(entry, "value"));
        const sum = values.reduce((before, value) => before + value, 0);
        Reflect.set(window, "shifts", Reflect.get(window, "shifts") + sum);
      }).observe({ type: "layout-shift" });
    });
    await sendAndWait(page, "And more", 1);
    // The share of the window that moved, times how far. The whole answer has 0.1.
    expect(await page.evaluate((): number => Reflect.get(window, "shifts"))).toBeLessThan(0.05);
  });
});

describe("a long history", () => {
  it("shows its newest turns, loads earlier ones on request, and is exported whole", async () => {
    const page = await signedIn();
    await send(page, "Hello, my name is Ada");
    await ended(page);
    await seed(
      page,
      `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, model, usage, finished_at)
       select gen_random_uuid(), conversation_id, owner, 'seeded', 'Question ' || number, 'done', 1, 'Answer ' || number, model, usage, now()
       from turns, generate_series(1, 60) as number where conversation_id = $1`,
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
      page,
      `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, tools, finished_at)
       select gen_random_uuid(), conversation_id, owner, 'seeded', 'Question ' || number, 'done', 1, 'Answer ' || number, $2, now()
       from turns, generate_series(1, 20) as number where conversation_id = $1`,
      [JSON.stringify(tools)],
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
    const old = Array.from({ length: 40 }, (_, index) => ({
      title: `Old ${index + 1}`,
      ageDays: index + 1,
    }));
    await addConversations(here.twin, conversationId(page), old);
    await page.reload();
    await expect.poll(() => rows(page).count(), patience).toBe(30);
    // The end of the list loads the next page.
    await page.getByRole("button", { name: "Load more" }).scrollIntoViewIfNeeded();
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
  await page.getByRole("button", { name: "Menu" }).click();
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
    ["call a free model free", 0, "Tokens1,234 in (1,000 from cache), 56 out", "Costfree"],
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
    await seed(page, "update turns set usage = $2 where conversation_id = $1", [
      JSON.stringify(usage),
    ]);
    await page.reload();
    const facts = turns(page).nth(0).locator("details:has(> dl)");
    await facts.locator("> summary").click();
    const shown = await facts.locator("> dl > div").allInnerTexts();
    const lines = shown.map((line) => line.replaceAll("\n", ""));
    expect(lines).toContain(tokens);
    expect(lines).toContain(costShown);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

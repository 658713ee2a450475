import pg from "pg";
import type { Locator, Page } from "playwright-core";
import { getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import { answerWith, callTools, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  ended,
  openPageSettings,
  send,
  sendAndWait,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;
const patience = { timeout: 10_000 };
const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

/** Returns the page after this answer. */
async function answered(text: string, context = {}): Promise<Page> {
  const page = await signedIn(context);
  here.twin.parts.bedrock.script.add(answerWith(text));
  await sendAndWait(page, "Tell me");
  return page;
}

/** Returns the pairs of texts of a PDF whose lines overlap. */
async function overlaps(pdf: Uint8Array): Promise<string[]> {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const found: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const content = await (await document.getPage(number)).getTextContent();
    const texts = content.items.flatMap((item) => {
      if (!("str" in item) || item.str.trim() === "") return [];
      const [x, y] = [item.transform[4], item.transform[5]];
      return [{ text: item.str, left: x, right: x + item.width, y, height: item.height }];
    });
    for (const one of texts) {
      for (const other of texts) {
        const isBelow = one.y > other.y && one.y - other.y < other.height * 0.8;
        if (isBelow && one.left < other.right && other.left < one.right)
          found.push(`${one.text} | ${other.text}`);
      }
    }
  }
  return found;
}

const selected = (page: Page) => page.evaluate(() => String(document.getSelection()));

/** Selects these words by script, optionally backward. */
const select = (locator: Locator, words: string, isBackward = false) =>
  locator.evaluate(
    (element, [wanted, backward]) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
        const at = node.nodeValue?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const [from, to] = backward ? [at + wanted.length, at] : [at, at + wanted.length];
        document.getSelection()?.setBaseAndExtent(node, from, node, to);
        return;
      }
      throw new Error(`"${wanted}" stands nowhere.`);
    },
    [words, isBackward] as const,
  );

/**
 * Starts an answer that pauses after `afterDeltas` pieces. Returns the answer and the gate that resumes it, once the script
 * that keeps a selection has arrived.
 */
async function halfWritten(text: string, afterDeltas: number) {
  const page = await signedIn();
  const script = page.waitForEvent("requestfinished", (request) =>
    request.url().includes("preserve-selection"),
  );
  const gate = createGate();
  here.twin.parts.bedrock.script.add(interrupt(answerWith(text), afterDeltas, stall(gate)));
  await send(page, "Tell me");
  await Promise.all([gate.reached, script]);
  return { page, gate, answer: turns(page).nth(0) };
}

describe("a selection in a streaming answer", () => {
  it.each([
    ["in a paragraph", "One two three four five six seven.", 4, "two three"],
    ["in a list", "- One\n- Two three four five six.", 6, "Two three"],
    ["in code", "```js\nconst one = 1;\nconst two = 2; // three four\n```", 6, "one ="],
    ["before a word that becomes bold", "One two three **four five** six seven.", 5, "two three"],
    ["in a word that becomes bold", "One **two three four** five six seven.", 3, "two"],
    ["in a paragraph that becomes a heading", "One two three\n====\n\nfour five", 3, "two three"],
  ])("is kept %s", async (_where, text, afterDeltas, words) => {
    const { page, gate, answer } = await halfWritten(text, afterDeltas);
    await answer.getByText(words).first().waitFor();
    await select(answer, words);
    gate.release();
    await ended(page);
    expect(await selected(page)).toBe(words);
  });

  it("keeps its direction for Shift and the arrow keys", async () => {
    const { page, gate, answer } = await halfWritten("One two three four five six seven.", 4);
    await answer.getByText("two three").waitFor();
    await select(answer, "two three", true);
    gate.release();
    await ended(page);
    const isBackward = () =>
      page.evaluate(() => {
        const { anchorOffset = 0, focusOffset = 0 } = document.getSelection() ?? {};
        return anchorOffset > focusOffset;
      });
    expect(await selected(page)).toBe("two three");
    expect(await isBackward()).toBe(true);
  });

  it("follows the mouse while the answer grows", async () => {
    const { page, gate, answer } = await halfWritten("One two three four five six seven.", 4);
    const line = answer.getByText("One two three");
    await line.waitFor();
    const box = await line.boundingBox();
    if (box === null) throw new Error("The answer is out of sight.");
    await page.mouse.move(box.x + 1, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 40, box.y + box.height / 2, { steps: 4 });
    gate.release();
    await ended(page);
    await page.mouse.move(box.x + 80, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    expect(await selected(page)).toMatch(/^One two/);
  });
});

describe("an answer with tools", () => {
  const order = (page: Page) =>
    turns(page)
      .nth(0)
      .evaluate((turn) =>
        [...turn.querySelectorAll("p, ul[aria-label='Tools used']")]
          .map((part) => (part.tagName === "UL" ? "(tool)" : (part.textContent ?? "")))
          .filter((text) => /tool|first|then|last/i.test(text)),
      );

  it("shows text and tool calls in order, live and after a reload", async () => {
    const page = await signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      callTools([{ name: "calculator", input: { expression: "1+1" } }], "First I calculate."),
      callTools([{ name: "calculator", input: { expression: "2+2" } }], "Then once more."),
      interrupt(answerWith("At last it is four."), 2, stall(gate)),
    );
    await send(page, "Calculate twice");
    await gate.reached;
    const wanted = ["First I calculate.", "(tool)", "Then once more.", "(tool)"];
    await expect.poll(() => order(page), patience).toEqual([...wanted, "At last"]);
    const follower = await page.context().newPage();
    await follower.goto(page.url());
    await expect.poll(() => order(follower), patience).toEqual([...wanted, "At last"]);
    gate.release();
    for (const tab of [page, follower]) {
      await ended(tab);
      expect(await order(tab)).toEqual([...wanted, "At last it is four."]);
    }
    await page.reload();
    await ended(page);
    expect(await order(page)).toEqual([...wanted, "At last it is four."]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe("lists in an answer", () => {
  it("have markers by their depth", async () => {
    const page = await answered(
      "- a\n  - b\n    - c\n\nand\n\n1. d\n   1. e\n      1. f\n   - g\n\nand\n\n- h\n  1. i",
    );
    const styles = await turns(page)
      .nth(0)
      .locator("li")
      .evaluateAll((items) => items.map((item) => getComputedStyle(item).listStyleType));
    expect(styles).toEqual([
      ..."disc circle square".split(" "),
      ..."decimal lower-alpha lower-roman circle".split(" "),
      ..."disc decimal".split(" "),
    ]);
  });
});

const table = `| Region | Q1 | Q2 | Q3 | Growth | Remarks |
|---|--:|--:|--:|--:|---|
| EMEA | 1,234 | 2,345 | 3,456 | +24.5 % | ${"Deliveries were late in the first weeks of the quarter. ".repeat(2)} |
| 亚太地区 | 1,234 | 2,345 | 3,456 | +3.1 % | 第一季度的前几周交货延迟,客户对此表示不满,但是后来情况有所好转。 |`;

describe("a table on a phone", () => {
  it("keeps readable columns, scrolls horizontally, and fades at the hidden edge", async () => {
    const page = await answered(table, phone);
    const heights = await turns(page)
      .locator("tr")
      .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(120);
    const box = page.getByRole("group", { name: "Table" });
    const fades = () =>
      box.evaluate(({ parentElement }) =>
        ["::before", "::after"].map((side) =>
          Number(parentElement && getComputedStyle(parentElement, side).opacity),
        ),
      );
    await expect.poll(fades, patience).toEqual([0, 1]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    await box.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(fades, patience).toEqual([1, 1]);
    await page.keyboard.press("End");
    await box.evaluate((element) => element.scrollTo({ left: 10_000 }));
    await expect.poll(fades, patience).toEqual([1, 0]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("shows no fade when all columns fit", async () => {
    const page = await answered("| a | b |\n|---|---|\n| c | d |", phone);
    const box = page.getByRole("group", { name: "Table" });
    expect(await box.evaluate(({ parentElement }) => parentElement?.getAttributeNames())).toEqual([
      "class",
    ]);
  });
});

describe("the margins of an answer", () => {
  it("end at its first and last line and do not grow around code", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.script.add(answerWith("First.\n\n```js\nlet a;\n```\n\nLast."));
    await sendAndWait(page, "Hello");
    const marginOf = (selector: string, side: "marginTop" | "marginBottom") =>
      turns(page)
        .locator(selector)
        .evaluate((element, name) => getComputedStyle(element)[name], side);
    expect(await marginOf("p:text-is('First.')", "marginTop")).toBe("0px");
    expect(await marginOf("p:text-is('First.')", "marginBottom")).not.toBe("0px");
    expect(await marginOf("p:text-is('Last.')", "marginBottom")).toBe("0px");
    expect(await marginOf("[role=group]:has(> pre)", "marginTop")).toBe("0px");
  });
});

describe("a user message", () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, index) => `line ${index + 1}`).join("\n");

  it("renders fenced code and shows all other text as typed", async () => {
    const page = await signedIn();
    await sendAndWait(page, "Why **not**?\n```js\n  const a = 1;\n```\n<b>Thanks</b>");
    const message = turns(page).nth(0);
    const code = message.getByRole("group", { name: "Code" }).first();
    expect(await textOf(code)).toBe("  const a = 1;");
    await message.getByRole("button", { name: "Copy code" }).first().waitFor();
    expect(await textOf(message)).toContain("Why **not**?");
    expect(await textOf(message)).toContain("<b>Thanks</b>");
    expect(await textOf(message)).not.toContain("```");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it.each([
    ["many lines", lines(100)],
    ["one long line", "word ".repeat(3_000)],
    ["much code", `See\n\`\`\`\n${lines(100)}\n\`\`\``],
  ])("folds after 12 lines when it has %s, and unfolds", async (_what, text) => {
    const page = await signedIn();
    await sendAndWait(page, text);
    const unfold = turns(page).nth(0).getByRole("button", { name: "Show all" });
    const height = async () => (await unfold.locator("xpath=..").boundingBox())?.height ?? 0;
    expect(await height()).toBeLessThan(400);
    expect(await accessibilityFaults(page)).toEqual([]);
    await unfold.click();
    const fold = turns(page).nth(0).getByRole("button", { name: "Show less" });
    const unfolded = await fold.locator("xpath=..").boundingBox();
    expect(unfolded?.height).toBeGreaterThan(1_000);
  });

  it("does not fold at 12 lines", async () => {
    const page = await signedIn();
    await sendAndWait(page, lines(12));
    expect(await page.getByRole("button", { name: "Show all" }).count()).toBe(0);
  });

  it("unfolds when the browser's search scrolls to a match in it", async () => {
    const page = await signedIn();
    await sendAndWait(page, lines(100));
    const words = page
      .getByRole("button", { name: /^Show (all|less)$/ })
      .locator("xpath=preceding-sibling::div");
    // `window.find` of Chromium 156 selects but does not scroll. The browser's own search scrolls like this.
    const unfolds = async () => {
      await words.evaluate((box) => box.scrollTo(0, box.scrollTop === 900 ? 800 : 900));
      return page.getByRole("button", { name: "Show less" }).count();
    };
    await expect.poll(unfolds, { timeout: 30_000 }).toBe(1);
  });
});

describe("a printed page", () => {
  it("shows the whole transcript and nothing else, dark on white", async () => {
    const page = await signedIn({ colorScheme: "dark" });
    here.twin.parts.bedrock.script.add(
      answerWith(
        `See [the manual](https://example.com/manual).\n\n\`\`\`js\n${"wide ".repeat(60)}\n\`\`\``,
      ),
    );
    const long = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`).join("\n");
    await sendAndWait(page, long);
    const settings = await openPageSettings(page);
    await settings.getByRole("radio", { name: "Dark" }).check();
    await page.keyboard.press("Escape");
    await settings.waitFor({ state: "detached" });
    await page.emulateMedia({ media: "print" });
    for (const gone of ["banner", "textbox", "navigation", "button"] as const) {
      expect(await page.getByRole(gone).count(), gone).toBe(0);
    }
    expect(await turns(page).getByText("line 40").isVisible()).toBe(true);
    expect((await turns(page).nth(0).boundingBox())?.height).toBeGreaterThan(40 * 20);
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    expect(ink).toBe("rgb(31, 33, 37)");
    const link = turns(page).getByRole("link", { name: "the manual" });
    const address = await link.evaluate((element) => getComputedStyle(element, "::after").content);
    expect(address).toContain("https://example.com/manual");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      1_280,
    );
    const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g);
    expect(pages).toHaveLength(2);
  });

  it("has no text over another where an answer continues on the next sheet", async () => {
    const row = `| EMEA | ${"a long text in one column ".repeat(8)} |`;
    const page = await answered(
      `${"Text that goes on. ".repeat(220)}\n\n| Region | Text |\n|---|---|\n${`${row}\n`.repeat(4)}\nThe end.`,
    );
    expect(await overlaps(await page.pdf({ format: "A4" }))).toEqual([]);
  });

  it("takes one sheet for a short conversation", async () => {
    const page = await answered("Short.");
    const pages = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g);
    expect(pages).toHaveLength(1);
  });
});

describe("a long conversation without scroll anchoring, as in Safari", () => {
  it.each([
    ["on a desktop", {}],
    ["on a phone", phone],
  ])("does not jump while the reader scrolls up, %s", async (_where, context) => {
    const page = await answered("Hello", context);
    const owner = new pg.Client({ connectionString: here.twin.parts.postgres.ownerUrl("app") });
    await owner.connect();
    await owner.query(
      `with numbered as (select number, gen_random_uuid() as id from generate_series(1, 45) as number),
       added as (
         insert into turns (id, parent, conversation_id, owner, body_hash, input, status, attempts, result, model, usage, finished_at)
         select numbered.id, coalesce(lag(numbered.id) over (order by number), turns.id), conversation_id, owner, 'seeded',
           'Question ' || number, 'done', 1,
           repeat(E'Some words about this, and then a formula $x^2$.\n\n', 3 + number % 7 * 5) || $2, model, usage, now()
         from turns, numbered where conversation_id = $1
         order by number
       )
       update conversations set head = (select id from numbered order by number desc limit 1) where id = $1`,
      [new URL(page.url()).pathname.slice("/c/".length), table],
    );
    await owner.end();
    await page.addInitScript(() => {
      document.addEventListener("DOMContentLoaded", () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { overflow-anchor: none !important; }");
        document.adoptedStyleSheets = [sheet];
      });
    });
    await page.reload();
    await turns(page).nth(45).waitFor();
    await expect.poll(() => page.evaluate(() => window.scrollY), patience).toBeGreaterThan(1_000);
    // A change in view moves what is below it, with any anchoring.
    await turns(page).nth(45).locator("math").last().waitFor();
    await page.evaluate(() => document.fonts.ready);
    expect(await worstJumpPx(page)).toBeLessThan(3);
  });
});

/** Scrolls to the top step by step. Returns the pixels by which anything in view moved beyond the scrolling. */
function worstJumpPx(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // After the frame has been painted.
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    let worst = 0;
    while (window.scrollY > 0) {
      const marks = [...document.querySelectorAll("main ol p")].filter((mark) => {
        const { top, bottom } = mark.getBoundingClientRect();
        return top > 0 && bottom < window.innerHeight - 200;
      });
      const mark = marks[0];
      const before = mark?.getBoundingClientRect().top ?? 0;
      const from = window.scrollY;
      window.scrollBy(0, -300);
      const step = from - window.scrollY;
      await frame();
      await frame();
      const after = mark?.getBoundingClientRect().top ?? 0;
      if (mark) worst = Math.max(worst, Math.abs(after - before - step));
    }
    return worst;
  });
}

describe("what happened in an answer", () => {
  it("is a table of its steps, which the keyboard unfolds and axe finds no fault with", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.script.add(
      callTools([{ name: "calculator", input: { expression: "12.5*4" } }]),
      answerWith("It is 50."),
    );
    await sendAndWait(page, "What is 12.5 * 4?");
    const answer = turns(page).nth(0);
    await page.route("**/api/v1/traces/*", (route) => route.abort());
    await answer.locator("summary", { hasText: "About this answer" }).press("Enter");
    await answer.locator("summary", { hasText: "What happened" }).press("Enter");
    await answer.getByRole("alert").filter({ hasText: /./ }).waitFor();
    await page.unroute("**/api/v1/traces/*");
    await answer.getByRole("button", { name: "Try again" }).click();
    const table = answer.getByRole("table", { name: "Steps of this answer" });
    await table.waitFor();
    const rows = await table.getByRole("row").allInnerTexts();
    const names = rows.slice(1).map((row) => row.trim().split("\n")[0]?.split("\t")[0]);
    // A step that takes less than a millisecond is left out.
    const always = [
      "Take over and read the history",
      "Demo model",
      "Calculator",
      "Save the answer",
    ];
    expect(names).toEqual(expect.arrayContaining(always));
    expect(names.filter((name) => name === "Demo model")).toHaveLength(2);
    expect(rows.join()).toMatch(/first word after \d+ ms · [\d,]+ tokens in, \d+ out/);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, callTools, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  ended,
  openPageSettings,
  send,
  sendAndWait,
  signIn,
  textOf,
  turns,
  welcome,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import {
  manySources,
  salesByMonth,
  salesByRegion,
  salesOfRegions,
  showTurn,
  withTable,
} from "#test/support/seeded-results.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;

/** Opens a conversation whose only turn the transcript changes. */
async function openWith(change: Record<string, unknown>, page?: Page): Promise<Page> {
  const shown = page ?? (await signedIn());
  here.twin.parts.bedrock.script.add(answerWith("The answer."));
  await sendAndWait(shown, "Show me");
  await showTurn(shown, change);
  return shown;
}

const isInView = (locator: Locator) =>
  locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

const answer = (page: Page) => turns(page).nth(0);

describe("sources", () => {
  it("arrive while the answer is written, turn its numbers into links, and survive a reload", async () => {
    const page = await signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      callTools(
        [{ name: "web_search", input: { query: "take-over", max_results: 3 } }],
        "See [1]. ",
      ),
      interrupt(answerWith("Another runner goes on [1][2] and [9]. `a[1]`"), 3, stall(gate)),
    );
    await send(page, "How does take-over work?");
    await gate.reached;
    // The text came before its source.
    await answer(page)
      .getByRole("link", { name: /^Source 1: / })
      .first()
      .waitFor();
    gate.release();
    await ended(page);

    for (const step of ["at once", "after a reload"]) {
      if (step === "after a reload") await page.reload();
      const links = answer(page).getByRole("link", { name: /^Source \d: / });
      await links.nth(2).waitFor();
      expect(await links.allTextContents()).toEqual(["[1]", "[1]", "[2]"]);
      expect(await textOf(answer(page))).toContain("and [9]. a[1]");
      const cards = answer(page).getByRole("list", { name: "Sources" });
      await cards.waitFor();
      expect(await cards.getByRole("listitem").count()).toBe(3);
      const first = cards.getByRole("link").first();
      expect(await first.getAttribute("href")).toBe(await links.first().getAttribute("href"));
      expect(await first.getAttribute("rel")).toContain("noopener noreferrer");
      expect(await first.getAttribute("target")).toBe("_blank");
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it("reach a tab that follows the answer", async () => {
    const page = await signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(
      callTools([{ name: "web_search", input: { query: "take-over", max_results: 3 } }]),
      interrupt(answerWith("Another runner goes on [1] and more."), 3, stall(gate)),
    );
    await send(page, "How does take-over work?");
    await gate.reached;
    const other = await page.context().newPage();
    await other.goto(page.url());
    await answer(other).getByRole("list", { name: "Sources" }).waitFor();
    gate.release();
    await ended(other);
    await answer(other)
      .getByRole("link", { name: /^Source 1: / })
      .waitFor();
  });

  it("are one row when there are many, and unfold with the keyboard", async () => {
    const page = await signedIn({ viewport: { width: 1_000, height: 420 } });
    await openWith({ sources: manySources(7), result: "So it is [7]." }, page);
    const cards = answer(page).getByRole("list", { name: "Sources" });
    await cards.waitFor();
    // One of the four has no web address.
    expect(await cards.getByRole("listitem").count()).toBe(4);
    expect(await cards.getByRole("link").count()).toBe(3);
    expect(await cards.getByText("Excerpt 1").count()).toBe(0);
    const unfold = answer(page).getByRole("button", { name: "Show all 7 sources" });
    expect(await unfold.getAttribute("aria-expanded")).toBe("false");
    await unfold.focus();
    await page.keyboard.press("Enter");
    await cards.getByText("Excerpt 7").waitFor();
    // The page does not scroll to the end of what the person has unfolded.
    expect(await isInView(cards.getByText("Excerpt 1."))).toBe(true);
    expect(await isInView(cards.getByText("Excerpt 7."))).toBe(false);
    expect(await cards.getByRole("link").count()).toBe(6);
    expect(await cards.getByRole("listitem").count()).toBe(7);
    expect(await cards.locator("a[href^='javascript:']").count()).toBe(0);
    const age = cards.getByText("3 days ago");
    expect(await age.getAttribute("title")).toMatch(/^\w+ \d+, \d{4}$/);
    expect(await age.getAttribute("datetime")).toMatch(/^\d{4}-/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await answer(page).getByRole("button", { name: "Show less" }).click();
    expect(await cards.getByRole("listitem").count()).toBe(4);
  });
});

describe("a table", () => {
  it("is sorted by its heads, and shows its first rows until all are wanted", async () => {
    const page = await openWith({ tools: [withTable(salesByMonth())] });
    const table = answer(page).getByRole("table");
    await table.waitFor();
    const firstMonth = () => table.locator("tbody tr").first().locator("td").first().textContent();
    const head = (name: string) => table.getByRole("columnheader", { name });
    expect(await table.locator("tbody tr:visible").count()).toBe(10);
    expect(await head("revenue").getAttribute("aria-sort")).toBe("none");
    await head("revenue").getByRole("button").click();
    expect(await head("revenue").getAttribute("aria-sort")).toBe("ascending");
    expect(await firstMonth()).toBe("2024-03");
    await page.keyboard.press("Enter");
    expect(await head("revenue").getAttribute("aria-sort")).toBe("descending");
    expect(await firstMonth()).toBe("2026-12");
    await page.keyboard.press("Enter");
    expect(await firstMonth()).toBe("2024-01");
    await answer(page).getByRole("button", { name: "Show all 36 rows" }).click();
    expect(await table.locator("tbody tr").count()).toBe(36);
    // A null is shown, and comes last.
    expect(await textOf(table)).toContain("–");
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("copies its exact numbers, and the part of a cell as it is shown", async () => {
    const page = await openWith({ tools: [withTable(salesByRegion())] });
    const table = answer(page).getByRole("table");
    await table.waitFor();
    const copy = (select: string) =>
      page.evaluate(async (code) => {
        const [shown] = document.querySelectorAll("table");
        const range = document.createRange();
        const cell = shown?.rows[1]?.cells[1];
        if (!shown || !cell?.firstChild) throw new Error("no table");
        if (code === "rows") range.selectNodeContents(shown.tBodies[0] ?? shown);
        if (code === "cell") range.selectNodeContents(cell);
        if (code === "part") {
          range.setStart(cell.firstChild, 0);
          range.setEnd(cell.firstChild, 3);
        }
        const selection = document.getSelection();
        selection?.removeAllRanges();
        selection?.addRange(range);
        const copied = new Promise<string>((resolve) => {
          document.addEventListener(
            "copy",
            (event) => {
              const own = event.clipboardData?.getData("text/plain") ?? "";
              resolve(event.defaultPrevented ? own : `browser: ${selection}`);
            },
            { once: true },
          );
        });
        document.execCommand("copy");
        return await copied;
      }, select);
    expect(await textOf(table.locator("tbody td").nth(1))).toBe("1,234,567.50");
    expect(await copy("cell")).toBe("1234567.50");
    expect(await copy("part")).toBe("browser: 1,2");
    expect((await copy("rows")).split("\n")[1]).toBe("=SUM(A1)\t-20\tfalse");
  });

  it("downloads as CSV that no spreadsheet runs", async () => {
    const page = await openWith({ tools: [withTable(salesByRegion())] });
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      answer(page).getByRole("button", { name: "Download CSV" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("sales-by-region.csv");
    expect(await readFile(await file.path(), "utf8")).toBe(
      "\ufeffregion,revenue,is_open\r\nNorth,1234567.50,true\r\n'=SUM(A1),-20,false\r\nWest,,\r\n",
    );
  });

  it("says how many rows there are and that some are missing, and shows its query", async () => {
    const cut = { ...salesByRegion(), total_rows: 20_000, is_cut: true };
    const page = await openWith({ tools: [withTable(cut)] });
    await answer(page).getByText("3 of 20,000 rows · The result was too large").waitFor();
    const query = answer(page).getByText("select region");
    expect(await query.last().isVisible()).toBe(false);
    await answer(page).getByText("SQL", { exact: true }).click();
    await query.last().waitFor();
    // The highlighter has coloured the query.
    await answer(page).locator("figure code span", { hasText: "select" }).waitFor();
  });

  it("of 500 rows is shown whole and sorted", async () => {
    const rows = Array.from({ length: 500 }, (_, index) => [`Row ${index}`, (index * 7919) % 500]);
    const columns = [
      { name: "name", type: "text" },
      { name: "amount", type: "number" },
    ];
    const table = { columns, rows, total_rows: 500, is_cut: false };
    const page = await openWith({ tools: [withTable(table)] });
    await answer(page).getByText("No chart: the result has more than 50 names.").waitFor();
    await answer(page).getByRole("button", { name: "Show all 500 rows" }).click();
    await answer(page).getByRole("columnheader", { name: "amount" }).getByRole("button").click();
    const shown = answer(page).locator("tbody tr");
    expect(await shown.count()).toBe(500);
    expect(await textOf(shown.nth(499))).toMatch(/499$/);
  });
});

describe("a plot", () => {
  it("draws a line by month, with a summary for screen readers", async () => {
    const page = await openWith({ tools: [withTable(salesByMonth())] });
    const plots = answer(page).getByRole("img");
    // Revenue and orders cannot share an axis.
    await plots.nth(1).waitFor();
    expect(await plots.count()).toBe(2);
    expect(await plots.first().getAttribute("aria-label")).toMatch(
      /^Line chart by month\. revenue: lowest [\d,.]+ \(Mar 2024\), highest [\d,.]+ \(Dec 2026\)\.$/,
    );
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("stays within a page of 320 px", async () => {
    const page = await signedIn({ viewport: { width: 320, height: 640 } });
    await openWith({ tools: [withTable(salesByMonth())], sources: manySources(7) }, page);
    await answer(page).getByRole("img").nth(1).waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe("on a phone, axe finds no violation", () => {
  it.each(["English", "Deutsch"])("in the dark theme in %s", async (language) => {
    const page = await signedIn({
      ...{ colorScheme: "dark", viewport: { width: 375, height: 740 } },
      ...{ hasTouch: true, isMobile: true },
    });
    const result = "So it is [1, 3].";
    await openWith({ sources: manySources(7), tools: [withTable(salesOfRegions())], result }, page);
    const settings = await openPageSettings(page);
    await settings.getByRole("radio", { name: language }).check();
    await page.keyboard.press("Escape");
    const download = language === "English" ? "Download CSV" : "CSV herunterladen";
    await page.getByRole("button", { name: download }).waitFor();
    await page.getByRole("img").waitFor();
    expect(await page.getByRole("link", { name: /^(Source|Quelle) 3: / }).count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe("a tool call", () => {
  it("shows its progress, its cost and that it repeats another", async () => {
    const page = await openWith({
      remarks: ["tools_missing"],
      tools: [
        { id: "1", name: "web_search", state: "done", input: { query: "ink" }, cost_usd: 0.007 },
        { id: "2", name: "web_search", state: "done", input: { query: "ink" }, repeats: "1" },
        { id: "3", name: "helpdesk_list_tickets", state: "done" },
      ],
    });
    const tools = answer(page).getByRole("list", { name: "Tools used" }).getByRole("listitem");
    await answer(page).getByText("Used 3 tools").click();
    // The first item is the line that holds the others.
    expect(await textOf(tools.nth(1))).toMatch(/Search the web.*ink.*done · \$0\.007/);
    expect(await textOf(tools.nth(2))).toContain("done · same call as before");
    expect(await textOf(tools.nth(3))).toContain("List tickets · helpdesk");
    await answer(page).getByText("Some tools could not be reached").waitFor();

    await page.route("**/api/v1/chat/stream", (route) => route.fulfill(runningCall()));
    await page.route("**/api/v1/chat?*", () => new Promise(() => {}));
    await send(page, "And then?");
    await turns(page).nth(1).getByText("Page 3 of 9").first().waitFor();
    const spoken = turns(page).nth(1).getByRole("status").filter({ hasText: "Page 3 of 9" });
    await spoken.waitFor({ state: "attached" });
    await page.unrouteAll();
  });
});

describe("the demo", () => {
  it("says what it is, and sends the message of a card at once", async () => {
    const { page } = await here.open({ viewport: { width: 375, height: 500 } });
    await page.route("**/api/me", async (route) => {
      const response = await route.fetch();
      const me = response.status() === 200 ? await response.json() : {};
      const demo = { guide_url: "http://localhost:3001/docs/guide" };
      await route.fulfill({ response, json: { ...me, demo } });
    });
    await signIn(page, here.twin.password);
    const connect = page.getByRole("link", { name: "Connect a real one" });
    expect(await connect.getAttribute("href")).toBe("http://localhost:3001/docs/guide");
    const cards = page.getByRole("button", {
      name: /^(Format|Use|Think|Draw|Quote|Ask|Fail|Crash)/,
    });
    expect(await cards.count()).toBe(8);
    // The cards are longer than the page, which stays at its beginning.
    expect(await isInView(welcome(page))).toBe(true);
    expect(await isInView(cards.nth(7))).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await connect.count()).toBe(0);
    await page.reload();
    await cards.first().waitFor();
    expect(await connect.count()).toBe(0);

    here.twin.parts.bedrock.script.add(answerWith("Formatted."));
    await cards.first().focus();
    await page.keyboard.press("Enter");
    await answer(page).getByText("Show me all the formatting you can do.").waitFor();
    await ended(page);
    await page.unrouteAll();
  });
});

/** A stream that stays at a running call: the response ends without a last event, and the next request never ends. */
function runningCall() {
  const id = "01a3c3a4-0000-7000-8000-000000000000";
  const call = {
    id: "1",
    name: "read_page",
    state: "running",
    input: { url: "https://example.com" },
  };
  const events = [
    ["turn", { conversation_id: id, turn_id: id, attempt: 1, parent: null, replaces: null }],
    ["snapshot", { text: "", tools: [], sources: [] }],
    ["tool", call],
    ["tool", { ...call, progress: "Page 3 of 9" }],
  ];
  const body = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const headers = {
    "content-type": "text/event-stream",
    "content-location": `/api/v1/chat?conversation_id=${id}&turn_id=${id}`,
  };
  return { status: 200, headers, body: `retry: 2000\n\n${body.join("")}` };
}

describe("a diagram", () => {
  const fence = (source: string) => `\`\`\`mermaid\n${source}\n\`\`\``;
  const flowchart = fence("flowchart LR\n  A[Browser] -->|asks| B{Known?} -- no --> C[(Database)]");
  const sequence = fence(
    "sequenceDiagram\n  actor U as User\n  U->>+Lambda: POST\n  Lambda-->>-U: 200",
  );
  const pictures = (page: Page) => answer(page).locator("svg[role=img]");

  it.each(["light", "dark"] as const)(
    "is drawn and described in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ colorScheme });
      here.twin.parts.bedrock.script.add(
        answerWith(
          `First.\n\n${flowchart}\n\nThen.\n\n${sequence}\n\n${fence('pie title Pets\n  "Dogs" : 3\n  "Cats" : 2')}`,
        ),
      );
      await sendAndWait(page, "Draw it");
      await expect.poll(() => pictures(page).count()).toBe(3);
      expect(await pictures(page).nth(0).getAttribute("aria-label")).toBe(
        "Flowchart. Browser leads to Known?: asks. Known? leads to Database: no.",
      );
      expect(await pictures(page).nth(1).getAttribute("aria-label")).toBe(
        "Sequence diagram. User to Lambda: POST. Lambda to User: 200.",
      );
      expect(await accessibilityFaults(page)).toEqual([]);
      await answer(page).getByText("Source", { exact: true }).first().click();
      await answer(page).getByText("A[Browser]").waitFor();
    },
  );

  it("that cannot be drawn stays source, and says why", async () => {
    const page = await signedIn();
    here.twin.parts.bedrock.script.add(
      answerWith(`${fence("flowchart LR\n  A --> B[open")}\n\n${fence("gantt\n  title A plan")}`),
    );
    await sendAndWait(page, "Draw it");
    await answer(page).getByText("Line 2 of this diagram can’t be drawn.").waitFor();
    await answer(page).getByText("title A plan").waitFor();
    expect(await pictures(page).count()).toBe(0);
  });
});

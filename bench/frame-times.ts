// `npm run bench:frames`: measures the work of the page's main thread for one frame.
import { rmSync } from "node:fs";
import { cpus } from "node:os";
import pg from "pg";
import type { Browser, Page } from "playwright-core";
import { answerWith } from "#local/bedrock/script.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import { composer, openPage, send, signIn, turns } from "#test/support/browser-page.ts";
import { chainTurns } from "#test/support/chain-turns.ts";
import { launchChromium } from "#test/support/chromium.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { makeTwinFolder } from "#test/support/twin-folder.ts";
import { type FrameTimes, frameTimes } from "./frame-trace.ts";
import { measureList } from "./list-frames.ts";

/** Turns of the short and of the long conversation. */
const lengths = [2, 200];
/** Conversations of the short and of the long list. */
const listLengths = [100, 1_000];

const answer = `Here is **how** to add up a column, and what the mean of $n$ values $x_i$ is:

$$\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i$$

| Item | Price | Note |
|---|--:|---|
| Paper | 12.50 | from the [shop](https://example.com/paper) |
| Ink | 30.00 | \`black\` |

\`\`\`python
def total(prices: list[float]) -> float:
    # Cents would be exact.
    return sum(prices)
\`\`\`

1. Call it with the prices. Numbers in a list of *Decimal* are exact.
2. Divide by how many there are.
`;
const streamed = `${answer}\n${"A paragraph of plain words goes on and on until the end of it. ".repeat(20)}\n`;
const typed = "How would you add up a column of prices that somebody typed in by hand?";

const dataDirectory = makeTwinFolder();
const twin = await startTwin({
  port: 0,
  dataDirectory,
  modelProvider: "demo",
  pace: { firstTokenMs: 0, tokensPerSecond: 80 },
  viewerAddress: manyAddresses(),
});
const browser = await launchChromium();
try {
  const ofTurns: Record<string, FrameTimes>[] = [];
  for (const length of lengths) ofTurns.push(await measureAll(length));
  const ofLists: Record<string, FrameTimes>[] = [];
  for (const length of listLengths) ofLists.push(await measureList(browser, twin, length));
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? "?"}, Chromium ${browser.version()}`);
  print(
    lengths.map((length) => `${length} turns`),
    ofTurns,
  );
  print(
    listLengths.map((length) => `${length} conversations`),
    ofLists,
  );
} finally {
  await browser.close();
  await twin.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
}

function print(columns: string[], measured: Record<string, FrameTimes>[]): void {
  console.log(`\n| main thread, ms a frame | ${columns.join(" | ")} | ratio |`);
  for (const name of Object.keys(measured[0] ?? {})) console.log(toRow(name, measured));
}

async function measureAll(length: number): Promise<Record<string, FrameTimes>> {
  const page = await openConversation(browser, twin, length);
  const type = () => page.keyboard.type(typed, { delay: 40 });
  const typing = await frameTimes(browser, page, type);
  for (let letter = 0; letter < typed.length; letter += 1) await page.keyboard.press("Backspace");
  const streaming = await frameTimes(browser, page, () => stream(page));
  const both = await frameTimes(browser, page, async () => {
    const end = stream(page);
    await type();
    await end;
  });
  await page.context().close();
  return { typing, streaming, "typing while streaming": both };
}

/** Sends a message and waits for the end of its answer. Observes changes instead of polling, because polling is work too. */
async function stream(page: Page): Promise<void> {
  twin.parts.bedrock.script.add(answerWith(streamed));
  await page.keyboard.insertText("And now?");
  await page.keyboard.press("Enter");
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const list = document.querySelector("main ol");
        if (list === null) throw new Error("There is no conversation.");
        let hasBegun = false;
        const checkEnd = () => {
          const isOpen = list.querySelector(":scope > [data-open]") !== null;
          if (hasBegun && !isOpen) resolve();
          hasBegun ||= isOpen;
        };
        new MutationObserver(checkEnd).observe(list, {
          subtree: true,
          childList: true,
          attributes: true,
        });
        checkEnd();
      }),
  );
}

/** Opens a conversation with this many turns, and loads all of them into the page. */
async function openConversation(browser: Browser, twin: Twin, length: number): Promise<Page> {
  const { page } = await openPage(browser, twin.url, { viewport: { width: 1280, height: 800 } });
  await signIn(page, twin.password);
  await send(page, "Hello");
  await turns(page).getByText("Demo model ·").waitFor();
  await addTurns(new URL(page.url()).pathname.slice("/c/".length), length - 1);
  await page.reload();
  await turns(page).last().locator("math").last().waitFor();
  for (let shown = await turns(page).count(); shown < length; shown = await turns(page).count()) {
    await page.getByRole("button", { name: "Load earlier messages" }).click();
    await turns(page).nth(shown).waitFor();
  }
  await composer(page).click();
  // Waits until formulas and highlighting have loaded.
  await page.waitForLoadState("networkidle");
  return page;
}

async function addTurns(conversationId: string, count: number): Promise<void> {
  const owner = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await owner.connect();
  await owner.query(
    `insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, model, usage, finished_at)
     select gen_random_uuid(), conversation_id, owner, 'seeded', 'How do I add up a column of prices?', 'done', 1, $2, model, usage, now()
     from turns, generate_series(1, $3) where conversation_id = $1`,
    [conversationId, answer, count],
  );
  await chainTurns(owner, conversationId);
  await owner.end();
}

function toRow(name: string, measured: Record<string, FrameTimes>[]): string {
  const times = measured.flatMap((each) => each[name] ?? []);
  const cells = times.map(
    ({ medianMs, p95Ms, longestMs, frames }) =>
      `${medianMs.toFixed(1)} (p95 ${p95Ms.toFixed(1)}, longest ${longestMs.toFixed(1)}, ${frames} frames)`,
  );
  const ratio = (times.at(-1)?.medianMs ?? 0) / (times[0]?.medianMs ?? 0);
  return `| ${name} | ${cells.join(" | ")} | ${ratio.toFixed(2)} |`;
}

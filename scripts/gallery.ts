// `npm run gallery`: takes a picture of every state of the page, in light and dark, on desktop and phone.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import {
  answerWith,
  callTools,
  createGate,
  interrupt,
  refuseWith,
  stall,
} from "#local/bedrock/script.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import {
  beginRename,
  composer,
  editor,
  ended,
  openPage,
  rows,
  send,
  signIn,
  turns,
} from "#test/support/browser-page.ts";
import { launchChromium } from "#test/support/chromium.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import {
  checkedAnswer,
  manyDocuments,
  quotedWords,
  seedDocuments,
  waitingUpload,
} from "#test/support/seeded-documents.ts";
import {
  manySources,
  pricesAndAmounts,
  productSales,
  salesByMonth,
  salesByRegion,
  salesOfRegions,
  salesQuery,
  showTurn,
  withTable,
} from "#test/support/seeded-results.ts";
import { makeTwinFolder } from "#test/support/twin-folder.ts";

const folder = join(import.meta.dirname, "..", ".local", "gallery");
const phone = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };
const looks = [
  { name: "light-desktop", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark-desktop", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "light-phone", colorScheme: "light", ...phone },
  { name: "dark-phone", colorScheme: "dark", ...phone },
] as const;

const formulas = String.raw`The roots of $ax^2 + bx + c$ are

$$
x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
$$

and for \(n\) values

\[
\bar{x} = \frac{1}{n} \sum_{i=1}^{n} x_i, \qquad
A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}.
\]

This one is broken: $\frac{1}{$.`;

const answer = `Here is how to **add up** a column.

| Item | Price |
|---|--:|
| Paper | 12.50 |
| Ink | 30.00 |

\`\`\`python
def total(prices: list[float]) -> float:
    # Cents would be exact.
    return sum(prices)
\`\`\`

1. Call it with the prices.
2. Read more in the [manual](https://example.com/manual).`;

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
try {
  // Each look has its own twin, because the rate limit allows the messages of one look a minute.
  for (const look of looks) await withTwin((twin) => takePictures(browser, twin, look));
  console.log(`The pictures are in ${folder}.`);
} finally {
  await browser.close();
}

async function withTwin(use: (twin: Twin) => Promise<void>) {
  const dataDirectory = makeTwinFolder();
  const twin = await startTwin({
    port: 0,
    dataDirectory,
    modelProvider: "demo",
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    // Port 9 discards everything, and nothing listens there: a call that runs fails.
    environment: { WEBHOOKS: '{"deploys":"http://127.0.0.1:9/"}' },
    viewerAddress: manyAddresses(),
  });
  try {
    await use(twin);
  } finally {
    await twin.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

/** What each step of a look uses. `take` takes a picture of the given state. */
interface Studio {
  page: Page;
  twin: Twin;
  take: (state: string) => Promise<void>;
}

/** Takes a picture of every state of the page in one look, in the order in which a user meets them. */
async function takePictures(browser: Browser, twin: Twin, look: (typeof looks)[number]) {
  const { page } = await openPage(browser, twin.url, look);
  const take = async (state: string) => {
    // The browser draws a change one frame later.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await page.screenshot({ path: join(folder, `${state}-${look.name}.png`) });
  };
  const studio = { page, twin, take };
  await takeLogin(studio);
  await takeQueue(studio);
  await takeAnswers(studio);
  await takeMarks(studio);
  await takeFormulasAndFailure(studio);
  await takeEditingAndMenu(studio);
  await takeDecisions(studio);
  await takeResults(studio);
  await takeDocuments(studio);
  await takeConversations(studio, look.viewport.width < 960);
  await takeOperator(studio);
  await page.context().setOffline(true);
  await page.getByText("You’re offline.").waitFor();
  await take("offline");
  await page.context().close();
}

async function takeOperator({ page, twin, take }: Studio) {
  await page.goto("/operator");
  await page.getByLabel("Password").fill(twin.operatorPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Slowest answers" }).waitFor();
  await take("operator");
  await page.goBack();
  await composer(page).waitFor();
}

async function takeLogin({ page, twin, take }: Studio) {
  await page.getByLabel("Password").waitFor();
  await take("login");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
  await take("login-refused");
  await signIn(page, twin.password);
  await page.getByRole("button", { name: "Crash the server" }).waitFor();
  await take("empty");
}

async function takeQueue({ page, twin, take }: Studio) {
  const gate = createGate();
  twin.parts.bedrock.script.add(interrupt(answerWith(answer), 12, stall(gate)));
  await send(page, "How do I add up a column of prices?");
  await gate.reached;
  await turns(page).getByText("Writing…").waitFor({ state: "attached" });
  await take("writing");
  await send(page, "And the average?");
  await turns(page).getByText("Queued").waitFor();
  await take("queued");
  for (let count = 2; count <= 9; count += 1) await send(page, `And number ${count}?`);
  await page.getByText("Queue is full (10).").waitFor();
  await composer(page).fill("And one more?");
  await take("queue-full");
  await composer(page).fill("");
  gate.release();
  await page.getByRole("button", { name: "Regenerate" }).waitFor();
}

async function takeAnswers({ page, twin, take }: Studio) {
  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith(answer));
  await send(page, "How do I add up a column of prices?");
  await waitForAnswer(page);
  await take("answer");

  await startNewChat(page);
  await send(page, "What is 12.5% of 480?");
  await waitForAnswer(page);
  await turns(page).getByText("Calculator").first().click();
  await take("tools");
  await turns(page).getByText("About this answer").click({ force: true });
  await turns(page).getByText("What happened").click();
  await turns(page).getByRole("table", { name: "Steps of this answer" }).waitFor();
  await take("what-happened");
}

async function takeFormulasAndFailure({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  await startNewChat(page);
  script.add(answerWith(formulas));
  await send(page, "What are the roots of a quadratic equation?");
  await waitForAnswer(page);
  await turns(page).locator("math").last().waitFor();
  await take("formulas");

  await startNewChat(page);
  script.add(...Array.from({ length: 9 }, () => refuseWith("ValidationException")));
  await send(page, "Hello");
  await turns(page).getByRole("button", { name: "Retry" }).waitFor();
  await take("failed");
  script.clear();
}

async function takeEditingAndMenu({ page, take }: Studio) {
  const last = turns(page).last();
  await last.getByRole("button", { name: "Edit message" }).click();
  await take("editing");
  await editor(page).fill("Hello there");
  await page.getByRole("button", { name: "Save only" }).click();
  await last.getByText("Edited").click();
  await last
    .getByRole("button", { name: "Regenerate" })
    .or(last.getByRole("button", { name: "Retry" }))
    .click();
  await page.getByRole("group", { name: "Version 2 of 2" }).waitFor();
  await ended(page, (await turns(page).count()) - 1);
  await page.getByRole("button", { name: "Previous version" }).click();
  await page.getByRole("group", { name: "Version 1 of 2" }).waitFor();
  await take("versions");
  await page.getByRole("button", { name: "Menu" }).click();
  await take("menu");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Add a prompt" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("release-notes");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("Write release notes of:");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved release-notes.").waitFor();
  await take("settings");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await take("settings-delete");
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await page.getByText("Demo-Modell").first().waitFor();
  await take("settings-german");
  await page.getByRole("radio", { name: "English" }).check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await take("sign-out");
  await page.getByRole("button", { name: "Cancel" }).click();
  await composer(page).fill("word ".repeat(1_500));
  await take("too-long");
  await composer(page).fill("");
}

async function takeDecisions({ page, twin, take }: Studio) {
  const { script } = twin.parts.bedrock;
  const call = (body: object) => ({ name: "send_webhook", input: { to: "deploys", body } });
  const note = "It waits for the translation. ".repeat(30);
  const approve = page.getByRole("button", { name: "Approve: Send to a webhook" });
  const deny = page.getByRole("button", { name: "Deny: Send to a webhook" });

  await startNewChat(page);
  script.add(
    callTools([call({ version: 7 })], "I will tell the deploy hook. "),
    answerWith("Done."),
  );
  await send(page, "Tell the deploy hook about version 7");
  await approve.waitFor();
  await take("decision");
  const path = `/api/v1/conversations/${new URL(page.url()).pathname.replace("/c/", "")}`;
  const { turns: stored } = await (await page.context().request.get(path)).json();
  const { conversation_id, turn_id } = stored[0];
  const query = new URLSearchParams({ conversation_id, turn_id });
  const headers = { accept: "application/json" };
  const turn = await page.context().request.get(`/api/v1/chat?${query}`, { headers });
  const { link } = (await turn.json()).tools[0].approval;
  const chat = page.url();
  await page.goto(link);
  await approve.waitFor();
  await take("link");
  await page.goto(chat);
  await deny.click();
  await page.keyboard.type("Not before Monday");
  await take("decision-note");
  await deny.click();
  await waitForAnswer(page);
  await turns(page).getByText("denied").click();
  await take("decision-denied");

  script.add(callTools([call({ version: 8 }), call({ version: 9, note })]), answerWith("Done."));
  await send(page, "Tell it about versions 8 and 9");
  await approve.nth(1).waitFor();
  await approve.first().click();
  await page.getByText("Approved. It is done once").waitFor();
  await send(page, "And now?");
  await turns(page).getByText("Queued until you decide above").waitFor();
  await take("decision-several");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await turns(page).getByText("Stopped.").waitFor();

  await page.goto(link);
  await page.getByText("This step was already denied.").waitFor();
  await take("link-used");
  await page.goto(chat);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Notes" }).click();
  await page.getByText("The assistant remembers nothing").waitFor();
  await take("notes");
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Model and instructions" }).click();
  await page.getByRole("radio", { name: "Medium" }).check();
  await page.getByRole("textbox", { name: "Instructions for this" }).fill("Answer in German.");
  await page.getByText("Saved.").waitFor();
  await take("model-and-instructions");
  await page.getByRole("button", { name: "Close" }).click();
}

async function takeConversations({ page, take }: Studio, isNarrow: boolean) {
  if (isNarrow) await page.getByRole("button", { name: "Conversations" }).click();
  const row = rows(page).filter({ hasText: "12.5%" });
  await row.hover();
  await take("conversations");
  await row.getByRole("button").click();
  await page.getByRole("menu").waitFor();
  await take("conversation-menu");
  await page.getByRole("menuitem", { name: "Share" }).click();
  const links = page.getByRole("dialog", { name: "Share this chat" });
  await links.getByRole("button", { name: "Make a link" }).click();
  const link = links.getByRole("list", { name: "Links" }).getByRole("link");
  await link.waitFor();
  await take("share");
  const address = (await link.textContent()) ?? "";
  await links.getByRole("button", { name: "Close" }).click();
  await row.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Pin" }).click();
  await page.getByRole("heading", { name: "Pinned" }).waitFor();
  await take("pinned");
  await beginRename(page, row);
  await take("renaming");
  await page.keyboard.press("Escape");
  await row.getByRole("link").press("Delete");
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await take("deleted");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("searchbox").fill("tokyo");
  await page.getByRole("heading", { name: "Results" }).waitFor();
  await take("search");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: "Archived" }).click();
  await page.getByText("No archived conversations").waitFor();
  await take("archive");
  await page.getByRole("button", { name: "Archived" }).click();
  if (isNarrow) await page.getByRole("button", { name: "Close" }).click();
  const chat = page.url();
  await page.goto(address);
  await page.getByRole("button", { name: "Continue from here" }).waitFor();
  await take("shared");
  await page.goto(chat);
  await turns(page).last().waitFor();
}

/** Takes the notes below answers. Changes the transcript's response, because these states occur too rarely. */
async function takeMarks({ page, twin, take }: Studio) {
  await startNewChat(page);
  const questions = ["Tell me about prices.", "And about ink?", "And about paper?"];
  for (const [index, question] of questions.entries()) {
    twin.parts.bedrock.script.add(answerWith(`${answer.split("\n\n")[0]} `.repeat(3)));
    await send(page, question);
    await turns(page).nth(index).getByText("Demo model ·").waitFor();
  }
  const showChanged = async (change: (turns: Record<string, unknown>[]) => void) => {
    const transcripts = "**/api/v1/conversations/*";
    await page.route(transcripts, async (route) => {
      const response = await route.fetch();
      const transcript = await response.json();
      change(transcript.turns);
      await route.fulfill({ response, json: transcript });
    });
    await page.reload();
    await turns(page).nth(2).waitFor();
    await page.unroute(transcripts);
  };

  await showChanged(([first, second, third]) => {
    Object.assign(first ?? {}, { remarks: ["fallback_model"], model: "another-model" });
    Object.assign(second ?? {}, { attempt: 2 });
    Object.assign(third ?? {}, { remarks: ["cut_at_length"], history_from: second?.turn_id });
  });
  await turns(page).nth(1).getByText("Demo model ·").click();
  await take("marks");
  await showChanged(([, , third]) => {
    const error = {
      type: "deadline_exceeded",
      title: "Deadline exceeded",
      status: 504,
      detail: "",
    };
    Object.assign(third ?? {}, { status: "failed", error });
  });
  await take("deadline");
}

/** Takes sources, tables and plots. Changes the transcript's response, because no model calls the tools this way. */
async function takeResults({ page, twin, take }: Studio) {
  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith("The answer."));
  await send(page, "What does the data say?");
  await waitForAnswer(page);
  const show = async (state: string, change: Record<string, unknown>, selector: string) => {
    await showTurn(page, change);
    await turns(page).locator(selector).first().waitFor();
    await turns(page)
      .last()
      .evaluate((turn) => turn.scrollIntoView());
    await take(state);
  };
  const result =
    "A runner that dies loses its lease after 15 s [1]. Another runner then takes the turn over [2, 3], and the reader keeps its stream [7].";
  await show("sources", { sources: manySources(7), result }, "ol[aria-labelledby] a");
  await turns(page).getByRole("button", { name: "Show all 7 sources" }).click();
  await take("sources-unfolded");
  await show("sources-two", { sources: manySources(2), result }, "ol[aria-labelledby] a");
  const mermaid = (source: string) => `\`\`\`mermaid\n${source}\n\`\`\``;
  const flowchart =
    "flowchart LR\n  A[Browser] -->|asks| B{Known?} -- yes --> C[(Database)]\n  B -. no .-> D([Model])";
  const sequence =
    "sequenceDiagram\n  actor U as User\n  U->>+Lambda: message\n  loop each token\n    Lambda-->>U: delta\n  end\n  Lambda-->>-U: done";
  await show(
    "diagrams",
    { result: [flowchart, sequence].map(mermaid).join("\n\n") },
    "svg[role=img]",
  );

  const showTable = async (
    state: string,
    table: object,
    input: object,
    selector = "figure figure",
  ) =>
    show(`table-${state}`, { sources: [], result: "", tools: [withTable(table, input)] }, selector);
  await showTable("lines", salesByMonth(), { ...salesQuery, title: "Sales by month" });
  await turns(page).getByText("SQL", { exact: true }).click();
  await turns(page).locator("figure pre").waitFor();
  await turns(page)
    .locator("figure pre")
    .evaluate((query) => query.scrollIntoView());
  await take("table-query");
  await showTable("series", salesOfRegions(), { title: "Profit of the regions", plot: "line" });
  await showTable("bars", salesOfRegions(), { title: "Profit of the regions", plot: "bar" });
  await showTable("rows", productSales(), { title: "Sales of products" });
  await showTable("points", pricesAndAmounts(), { title: "Price and amount", plot: "scatter" });
  const cut = { ...salesByRegion(), total_rows: 20_000, is_cut: true };
  await showTable("cut", cut, { ...salesQuery, plot: "bar" });

  const search = { name: "web_search", input: { query: "how long does a lease last" } };
  const tools = [
    { id: "1", ...search, state: "done", duration_ms: 840, cost_usd: 0.007 },
    { id: "2", ...search, state: "done", repeats: "1" },
    {
      id: "3",
      name: "read_page",
      input: { url: "https://example.com/a/long/path" },
      state: "failed",
    },
    { id: "4", name: "helpdesk_list_tickets", input: { status: "open" }, state: "done" },
  ];
  await show(
    "tool-calls",
    { sources: [], result: "Done.", tools, remarks: ["tools_missing"] },
    "ul",
  );
}

/** Takes the list, the view and the files of a message. Changes the responses, because most of these states are short. */
async function takeDocuments({ page, twin, take }: Studio) {
  await seedDocuments(page, manyDocuments());
  const bucket = (url: URL) => url.origin === twin.parts.s3.endpoint;
  await page.route(bucket, () => {});
  await page.route("**/api/v1/documents", async (route) => {
    if (route.request().method() !== "POST") return await route.fallback();
    await route.fulfill({ json: waitingUpload(twin.parts.s3.endpoint) });
  });
  const choose = async (button: string) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: button }).click();
    await (await chooser).setFiles([
      { name: "big.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(900_000, 65) },
      { name: "picture.png", mimeType: "image/png", buffer: Buffer.from("x") },
    ]);
    await page.getByRole("progressbar").waitFor();
  };
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Documents" }).click();
  const list = page.getByRole("dialog", { name: "Documents" });
  await list.getByText("Travel policy 2026.pdf").waitFor();
  await take("documents");
  await list.getByRole("button", { name: "Rename notes.md" }).click();
  await take("documents-renaming");
  await page.keyboard.press("Escape");
  await list.getByRole("button", { name: "Delete notes.md" }).click();
  await take("documents-deleted");
  await list.getByRole("button", { name: "Undo" }).click();
  await choose("Add files");
  await list.evaluate((element) => element.scrollTo(0, 0));
  await take("documents-uploads");
  await list.getByRole("button", { name: "Cancel the upload of big.pdf" }).click();
  await list.getByRole("button", { name: "Dismiss picture.png" }).click();
  await list.getByRole("button", { name: "Close" }).click();

  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith("The answer."));
  await send(page, "What does the policy say about trains?");
  await waitForAnswer(page);
  await showTurn(page, checkedAnswer());
  await turns(page).getByText("Not verified").waitFor();
  await take("checked-answer");
  await turns(page).getByRole("button", { name: "Not verified" }).click();
  await take("checked-answer-reason");
  await page.keyboard.press("Escape");
  await turns(page).getByRole("link", { name: quotedWords }).click();
  await page.locator("mark").waitFor();
  await take("document-quotation");
  const view = page.getByRole("dialog", { name: "Document", exact: true });
  await view.evaluate((element) => element.scrollTo(0, 0));
  await take("document");
  await page.keyboard.press("Escape");
  await view.waitFor({ state: "hidden" });
  await choose("Attach files");
  await take("attached-files");
  await send(page, "Sum it up");
  await page.getByRole("button", { name: "Send anyway" }).waitFor();
  await take("attached-files-held");
  await page.getByRole("button", { name: "Don’t send yet" }).click();
  await page.getByRole("button", { name: "Remove big.pdf" }).click();
  await page.getByRole("button", { name: "Remove picture.png" }).click();
  await composer(page).fill("");
  await page.unrouteAll();
}

async function startNewChat(page: Page) {
  await page.getByRole("button", { name: "New chat" }).click();
}

async function waitForAnswer(page: Page) {
  await turns(page).getByText("Demo model ·").first().waitFor();
}

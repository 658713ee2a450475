import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, callTools, createGate, interrupt, stall } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  ended,
  send,
  sendAndWait,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";

const here = browserOnTwin({ CHAT_SUGGESTIONS: "on" }, { viewerAddress: manyAddresses() });
const patience = { timeout: 10_000 };
const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };

async function answered(text: string, context = {}): Promise<Page> {
  const page = await here.signedIn(context);
  here.twin.parts.bedrock.script.add(answerWith(text));
  await sendAndWait(page, "Tell me");
  return page;
}

const button = (of: Page | Locator, name: string | RegExp) => of.getByRole("button", { name });

it("finished calls of one part fold into a line, and a failed call stays in sight", async () => {
  const page = await here.signedIn();
  const calculate = (expression: string) => ({ name: "calculator", input: { expression } });
  here.twin.parts.bedrock.script.add(
    callTools([calculate("1+1"), calculate("1/0"), calculate("2+2")], "I calculate."),
    answerWith("Done."),
  );
  await sendAndWait(page, "Calculate");
  const tools = turns(page).nth(0).getByRole("list", { name: "Tools used" });
  const summary = tools.getByText("Used 2 tools");
  await summary.waitFor();
  await tools.getByText("failed", { exact: true }).waitFor();
  expect(await tools.getByText("1+1").first().isVisible()).toBe(false);
  expect(await tools.getByText("1/0").first().isVisible()).toBe(true);
  await tools.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  await tools.getByText("1+1").first().waitFor();
  expect(await textOf(turns(page).nth(0))).not.toContain(" 0 ms");
  expect(await accessibilityFaults(page)).toEqual([]);
});

/** Reloads the page and moves the pointer: the tools load with a person's first action. */
async function reload(page: Page): Promise<void> {
  await page.reload();
  await composer(page).waitFor();
  await page.mouse.move(10, 10);
  await page.mouse.move(20, 20);
}

describe("long code", () => {
  const lines = Array.from({ length: 60 }, (_, index) => `print("${index} ${"x".repeat(120)}")`);
  const code = `\`\`\`python title="tools/sum.py"\n${lines.join("\n")}\n\`\`\``;

  it("folds after a reload, wraps by choice, and downloads under its name", async () => {
    const page = await here.signedIn();
    const gate = createGate();
    here.twin.parts.bedrock.script.add(interrupt(answerWith(code), 6, stall(gate)));
    await send(page, "Tell me");
    await turns(page).nth(0).locator("pre").waitFor();
    gate.release();
    await ended(page);
    const block = turns(page).nth(0).getByRole("group", { name: "Code python" });
    const height = () => block.evaluate((box) => box.closest("[id]")?.clientHeight ?? 0);
    // Code that grows on the page stays open.
    expect(await height()).toBeGreaterThan(1_000);
    await reload(page);
    await ended(page);
    expect(await height()).toBeLessThan(800);
    const fold = button(page, "Show all");
    await fold.focus();
    await page.keyboard.press("Enter");
    expect(await height()).toBeGreaterThan(1_000);
    await button(page, "Show less").click();

    const hidden = () => block.evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(await hidden()).toBeGreaterThan(100);
    await button(page, "Wrap long lines").click();
    await expect.poll(hidden, patience).toBe(0);
    await reload(page);
    await expect.poll(hidden, patience).toBe(0);
    expect(await button(page, "Wrap long lines").getAttribute("aria-pressed")).toBe("true");

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      button(page, "Download code").click(),
    ]);
    expect(download.suggestedFilename()).toBe("sum.py");
    expect(await readFile(await download.path(), "utf8")).toBe(lines.join("\n"));
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe("a table in an answer", () => {
  const table =
    "| Region | Sales |\n|---|--:|\n| North | 1,200.50 |\n| South | 900 |\n| <b>West</b> | – |\n| =1+1 | 10,000 |";
  const firstCells = (page: Page) => page.locator("tbody td:first-child").allInnerTexts();

  it("sorts by the keyboard and is copied as CSV", async () => {
    const page = await answered(table, clipboard);
    await button(page, "Sort by Sales").focus();
    await page.keyboard.press("Enter");
    expect(await firstCells(page)).toEqual(["South", "North", "=1+1", "<b>West</b>"]);
    expect(await page.getByRole("columnheader", { name: /Sales/ }).getAttribute("aria-sort")).toBe(
      "ascending",
    );
    await page.keyboard.press("Enter");
    expect(await firstCells(page)).toEqual(["=1+1", "North", "South", "<b>West</b>"]);
    await button(page, "Copy as CSV").click();
    await button(page, "Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'Region,Sales\r\n\'=1+1,"10,000"\r\nNorth,"1,200.50"\r\nSouth,900\r\n<b>West</b>,–\r\n',
    );
    await button(page, "Sort by Sales").click();
    expect(await firstCells(page)).toEqual(["North", "South", "<b>West</b>", "=1+1"]);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

it("a selection becomes a quote in the next message, by the keyboard", async () => {
  const page = await answered("One two three.\n\n- four <img src=x>\n- five");
  await composer(page).fill("About this:");
  await turns(page)
    .nth(0)
    .evaluate((turn) => {
      const answer = turn.querySelector("[data-answer]");
      if (answer) document.getSelection()?.selectAllChildren(answer);
    });
  await button(page, "Quote").waitFor();
  await button(page, "Quote").focus();
  await page.keyboard.press("Enter");
  expect(await composer(page).inputValue()).toBe(
    "About this:\n\n> One two three.\n>\n> four <img src=x>\n> five\n\n",
  );
  await expect
    .poll(() => composer(page).evaluate((field) => field === document.activeElement))
    .toBe(true);
  expect(await button(page, "Quote").count()).toBe(0);
  // A selection across the message and the answer is no quote.
  await page.evaluate(() => document.getSelection()?.selectAllChildren(document.body));
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(await button(page, "Quote").count()).toBe(0);
});

it("a stopped answer goes on after Continue", async () => {
  const page = await here.signedIn();
  const gate = createGate();
  const { script } = here.twin.parts.bedrock;
  script.add(interrupt(answerWith("One two three four five six."), 3, stall(gate)));
  await send(page, "Count");
  await gate.reached;
  await button(page, "Stop").click();
  await page.getByText("Stopped.", { exact: true }).waitFor();
  gate.release();
  script.add(answerWith("four five six."));
  await button(page, "Continue").click();
  await ended(page, 1);
  expect(await textOf(turns(page).nth(1))).toContain("Continue.");
  expect(await button(page, "Continue").count()).toBe(0);
});

it("headings of answers are below those of their turns", async () => {
  const page = await answered("# Title\n\n## Part\n\n#### Deep");
  const headings = await page
    .locator("h1, h2, h3, h4, h5, h6")
    .evaluateAll((all) =>
      all.map(({ tagName, textContent }) => `${tagName} ${textContent?.trim()}`),
    );
  expect(headings.filter((heading) => heading.startsWith("H1"))).toHaveLength(1);
  expect(headings.slice(-5)).toEqual(["H2 You:", "H2 Answer:", "H3 Title", "H4 Part", "H6 Deep"]);
});

describe("feedback", () => {
  const pressed = (page: Page, name: string) => button(page, name).getAttribute("aria-pressed");

  it("is kept with its reason, and taken back by a second press", async () => {
    const page = await answered("Hello.");
    await button(page, "Bad answer").click();
    await page.getByLabel("What was wrong? (optional)").fill("Too <b>short</b>");
    expect(await accessibilityFaults(page)).toEqual([]);
    await button(page.locator("form").filter({ hasText: "What was wrong?" }), "Send").click();
    await page.getByText("Thanks for your feedback.").waitFor();
    await reload(page);
    await button(page, "Bad answer").waitFor();
    expect(await pressed(page, "Bad answer")).toBe("true");
    const [response] = await Promise.all([
      page.waitForResponse(/feedback/),
      button(page, "Bad answer").click(),
    ]);
    expect(response.status()).toBe(200);
    expect(await pressed(page, "Bad answer")).toBe("false");
  });

  it("is thanked for once it is stored", async () => {
    const page = await answered("Hello.");
    const held = Promise.withResolvers<void>();
    await page.route(/\/v1\/feedback\//, async (route) => {
      await held.promise;
      await route.continue();
    });
    await button(page, "Bad answer").click();
    await page.getByLabel("What was wrong? (optional)").fill("Too short");
    await button(page.locator("form").filter({ hasText: "What was wrong?" }), "Send").click();
    await page.getByLabel("What was wrong? (optional)").waitFor({ state: "detached" });
    expect(await page.getByText("Thanks for your feedback.").count()).toBe(0);
    held.resolve();
    await page.getByText("Thanks for your feedback.").waitFor();
  });

  it("that cannot be stored is undone", async () => {
    const page = await answered("Hello.");
    await page.route(/feedback/, (route) => route.abort());
    await button(page, "Good answer").click();
    await page.getByText("Couldn’t save your feedback.").waitFor();
    expect(await pressed(page, "Good answer")).toBe("false");
  });
});

/** Gives the browser a voice: it has none in a test. */
function pretendVoices(isLocal: boolean) {
  const spoken: string[] = [];
  let last: { onend?: () => void } | undefined;
  Object.assign(window, {
    spoken,
    SpeechSynthesisUtterance: function Utterance(this: { text: string }, text: string) {
      this.text = text;
    },
    finishSpeaking: () => last?.onend?.(),
  });
  const voice = { lang: "en-GB", name: "Ada", default: true, localService: isLocal };
  Object.defineProperty(window, "speechSynthesis", {
    value: {
      getVoices: () => [voice],
      speak(utterance: { text: string; onend?: () => void }) {
        last = utterance;
        spoken.push(utterance.text);
      },
      cancel: () => spoken.push("(cancelled)"),
    },
  });
}

const spoken = (page: Page) =>
  page.evaluate(() => [...(Reflect.get(window, "spoken") as string[])]);

async function withVoices(isLocal: boolean): Promise<Page> {
  const page = await here.signedIn();
  await page.addInitScript(pretendVoices, isLocal);
  await reload(page);
  return page;
}

describe("read aloud", () => {
  it("speaks the answer without Markdown until it is stopped", async () => {
    const page = await withVoices(true);
    here.twin.parts.bedrock.script.add(answerWith("# Title\n\n**Bold** words.\n\n```js\nf()\n```"));
    await sendAndWait(page, "Tell me");
    await button(page, "Read aloud").click();
    expect(await spoken(page)).toEqual([
      "(cancelled)",
      "Title",
      "Bold words.",
      "Code, js, 1 line.",
    ]);
    await button(page, "Stop reading").click();
    expect((await spoken(page)).at(-1)).toBe("(cancelled)");
    await button(page, "Read aloud").click();
    await page.evaluate(() => (Reflect.get(window, "finishSpeaking") as () => void)());
    await button(page, "Read aloud").waitFor();
  });

  it("asks first if the voice is not on this machine, once", async () => {
    const page = await withVoices(false);
    here.twin.parts.bedrock.script.add(answerWith("Hello."));
    await sendAndWait(page, "Tell me");
    await button(page, "Read aloud").click();
    await page.getByRole("alert").getByText("may send the answer to its maker").waitFor();
    expect(await spoken(page)).toEqual([]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await button(page, "Cancel").click();
    await button(page, "Read aloud").click();
    await button(page, "Continue").click();
    expect(await spoken(page)).toEqual(["(cancelled)", "Hello."]);
  });

  it("is hidden in a browser without voices", async () => {
    const page = await answered("Hello.");
    await button(page, "Copy answer").waitFor();
    expect(await button(page, "Read aloud").count()).toBe(0);
  });
});

describe("dictation", () => {
  function pretendRecognition() {
    let newest: Record<string, (event?: unknown) => void> = {};
    const recognise = () => {
      newest = { start() {}, abort() {}, stop: () => Reflect.get(newest, "onend")() };
      return newest;
    };
    Object.assign(window, {
      // The browser's own would ask for a microphone. An arrow function is no constructor.
      SpeechRecognition: new Proxy(class {}, { construct: recognise }),
      hear: ([name, event]: [string, unknown]) => newest[name]?.(event),
    });
  }

  const hear = (page: Page, name: string, event: unknown) =>
    page.evaluate(
      (heard) => (Reflect.get(window, "hear") as (heard: unknown) => void)(heard),
      [name, event],
    );

  it("asks before the first use, then adds what it hears to the message", async () => {
    const page = await here.signedIn();
    await page.addInitScript(pretendRecognition);
    await page.reload();
    await composer(page).fill("Note:");
    await button(page, "Dictate").click();
    await page.getByRole("alert").getByText("may process the audio").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await button(page, "Continue").click();
    await button(page, "Stop dictating").waitFor();
    await hear(page, "onresult", {
      resultIndex: 0,
      results: [
        { 0: { transcript: "hello world" }, isFinal: true },
        { 0: { transcript: " and" }, isFinal: false },
      ],
    });
    await expect.poll(() => composer(page).inputValue()).toBe("Note: hello world");
    await page.getByRole("status").getByText("and").waitFor();
    await hear(page, "onerror", { error: "not-allowed" });
    await page.getByText("The browser may not use the microphone.").waitFor();
    await button(page, "Stop dictating").click();
    await button(page, "Dictate").click();
    await button(page, "Stop dictating").waitFor();
  });
});

it("what the model proposes is below the newest answer only, survives a reload, and is sent by a press", async () => {
  const page = await answered("It is so.\n\n<next>\nWhat is *it*?\nAnd why?\n</next>");
  const proposed = page.getByRole("list", { name: "Suggested next messages" });
  await button(proposed, "And why?").waitFor();
  expect(await textOf(turns(page).nth(0))).not.toContain("next>");
  expect(await accessibilityFaults(page)).toEqual([]);
  await reload(page);
  await button(proposed, "What is *it*?").focus();
  here.twin.parts.bedrock.script.add(answerWith("Well."));
  await page.keyboard.press("Enter");
  await turns(page).nth(1).getByText("Well.").waitFor();
  await ended(page);
  expect(await textOf(turns(page).nth(1))).toContain("What is *it*?");
  expect(await proposed.count()).toBe(0);
});

import type { Locator, Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { browserOnTwin } from "#test/support/browser-on-twin.ts";
import {
  accessibilityFaults,
  composer,
  ended,
  rows,
  send,
  sendAndWait,
  textOf,
  turns,
} from "#test/support/browser-page.ts";
import { pdf } from "#test/support/document-files.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import {
  checkedAnswer,
  documentOf,
  manyDocuments,
  quotedRange,
  quotedWords,
  readableDocument,
  seedDocuments,
  seededId,
  waitingUpload,
} from "#test/support/seeded-documents.ts";
import { showTurn } from "#test/support/seeded-results.ts";

const here = browserOnTwin({}, { viewerAddress: manyAddresses() });
const { signedIn } = here;

const dialog = (page: Page) => page.getByRole("dialog", { name: "Documents" });
const view = (page: Page) => page.getByRole("dialog", { name: "Document", exact: true });
const listed = (page: Page) => dialog(page).getByRole("list", { name: "Documents" });
const uploading = (page: Page) => dialog(page).getByRole("list", { name: "Uploads" });
const chips = (page: Page) => page.getByRole("list", { name: "Attached files" });

interface ChosenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const fileOf = (name: string, text: string): ChosenFile => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
});

async function openList(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Documents" }).click();
  await dialog(page).getByText("per file").waitFor();
}

async function choose(page: Page, button: Locator, ...files: ChosenFile[]) {
  const chooser = page.waitForEvent("filechooser");
  await button.click();
  await (await chooser).setFiles(files);
}

const addFiles = (page: Page, ...files: ChosenFile[]) =>
  choose(page, dialog(page).getByRole("button", { name: "Add files" }), ...files);

const attachFiles = (page: Page, ...files: ChosenFile[]) =>
  choose(page, page.getByRole("button", { name: "Attach files" }), ...files);

const creates = /\/api\/v1\/documents$/;
const toBucket = (url: URL) => url.origin === here.twin.parts.s3.endpoint;

/** Answers the next request that creates a document with a problem. */
async function refuseOnce(page: Page, status: number, type: string, more: object = {}) {
  await page.route(creates, async (route) => {
    if (route.request().method() !== "POST") return await route.fallback();
    const json = { type, title: type, status, detail: type, request_id: "1", ...more };
    await route.fulfill({ status, contentType: "application/problem+json", json });
    await page.unroute(creates);
  });
}

/** Holds every upload to the bucket back. Returns the function that lets them go on. */
async function holdUploads(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  await page.route(toBucket, (route) => {
    held.push(route);
  });
  return async () => {
    for (const route of held.splice(0)) await route.continue();
    await page.unroute(toBucket);
  };
}

describe("a deployment without documents", () => {
  it("shows nothing of them and loads no script of them", async () => {
    const { page } = await here.open();
    await page.route("**/api/me", async (route) => {
      const response = await route.fetch();
      if (!response.ok()) return await route.fulfill({ response });
      await route.fulfill({ response, json: { ...(await response.json()), documents: false } });
    });
    const scripts: string[] = [];
    page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
    await page.getByLabel("Password").fill(here.twin.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No conversations yet").waitFor();
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "Notes" }).waitFor();
    expect(await page.getByRole("button", { name: "Documents" }).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Attach files" }).count()).toBe(0);
    expect(scripts.filter((path) => path.includes("document-tools"))).toEqual([]);
    await page.keyboard.press("Escape");
    await dropOn(page, "dropped.txt");
    await page.getByText("This service doesn’t take files.").waitFor();
  });
});

describe("the list of documents", () => {
  it.each(["light", "dark"] as const)(
    "says what each document is, fits 320 pixels and passes axe in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ viewport: { width: 320, height: 640 }, colorScheme });
      await seedDocuments(page, manyDocuments());
      await openList(page);
      const texts = await listed(page).getByRole("listitem").allTextContents();
      expect(texts).toHaveLength(7);
      expect(texts[0]).toMatch(
        /Travel policy 2026\.pdf.*Ready.*375 KB.*12 pages.*Shared.*Version 3/,
      );
      expect(texts[2]).toMatch(/Shared by me.*Sheet 2 is hidden\..*Stop sharing/);
      expect(texts[3]).toMatch(/Failed.*The file holds no text.*Try again/);
      expect(texts[4]).toContain("One chat only");
      expect(texts[5]).toContain("Reading…");
      expect(texts[6]).toMatch(/Upload did not finish.*Choose the file again/);
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(
        await dialog(page).evaluate((element) => element.scrollWidth - element.clientWidth),
      ).toBe(0);
    },
  );

  it("requests states only while one may change", async () => {
    const page = await signedIn();
    const [ready, , , , , reading] = manyDocuments();
    const shown = [ready, reading].flatMap((each) => each ?? []);
    await seedDocuments(page, shown);
    await page.clock.install();
    let requests = 0;
    page.on("request", (request) => {
      requests += Number(request.url().includes("/api/v1/documents?"));
    });
    await openList(page);
    await expect.poll(() => requests).toBeGreaterThan(0);
    shown[1] = documentOf(6, "Handbook.docx");
    await listed(page).getByText("Ready").nth(1).waitFor();
    const polls = requests;
    // The pause before the next poll would be 3 s.
    await page.clock.fastForward(60_000);
    await page.evaluate(() => fetch("/robots.txt"));
    expect(requests).toBe(polls);
  });

  it("renames, and deletes with a time to undo, also by keyboard", async () => {
    const page = await signedIn();
    await openList(page);
    await addFiles(page, fileOf("one.txt", `One ${Math.random()}`));
    await listed(page).getByText("one.txt").waitFor();
    await page.getByRole("button", { name: "Rename one.txt" }).press("Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename two.txt" }).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toBe("Rename two.txt");
    await page.getByRole("button", { name: "Rename two.txt" }).press("Enter");
    await page.keyboard.type("three");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Rename two.txt" }).waitFor();

    await page.getByRole("button", { name: "Delete two.txt" }).press("Enter");
    expect(await listed(page).getByText("two.txt").count()).toBe(0);
    await page.keyboard.press("Enter");
    await listed(page).getByText("two.txt").waitFor();
    await page.getByRole("button", { name: "Delete two.txt" }).click();
    await dialog(page).getByRole("button", { name: "Close" }).click();
    await openList(page);
    await dialog(page).getByText("No documents yet.").waitFor();
  });
});

describe("a shared document", () => {
  it("can be taken back by the person who shared it", async () => {
    const page = await signedIn();
    await openList(page);
    await addFiles(page, fileOf("plan.txt", `Plan ${Math.random()}`));
    const changed: string[] = [];
    page.on("response", (response) => {
      if (response.request().method() === "PATCH")
        changed.push(response.request().postData() ?? "");
    });
    await page.getByRole("button", { name: "Share plan.txt with everyone here" }).press("Enter");
    await listed(page).getByText("Shared by me").waitFor();
    // The focus has stayed.
    await page.keyboard.press("Enter");
    await expect.poll(() => changed).toEqual(['{"scope":"site"}', '{"scope":"own"}']);
    await dialog(page).getByRole("button", { name: "Close" }).click();
    await openList(page);
    await listed(page).getByText("Mine").waitFor();
  });
});

describe("an upload", () => {
  it("sends several files at once, each with its progress, to the bucket", async () => {
    const page = await signedIn();
    await openList(page);
    const release = await holdUploads(page);
    await addFiles(page, fileOf("a.txt", "First file"), fileOf("b.txt", "Second file"));
    await uploading(page).getByRole("progressbar", { name: "Upload of a.txt" }).waitFor();
    await uploading(page).getByRole("progressbar", { name: "Upload of b.txt" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await release();
    await listed(page).getByText("a.txt").waitFor();
    await listed(page).getByText("b.txt").waitFor();
    await expect.poll(() => uploading(page).count()).toBe(0);
    expect(await textOf(listed(page))).not.toContain("Failed");
  });

  it("that is cancelled leaves no document", async () => {
    const page = await signedIn();
    await openList(page);
    await holdUploads(page);
    await addFiles(page, fileOf("wrong.txt", "Not this one"));
    await uploading(page).getByRole("progressbar").waitFor();
    const deletion = page.waitForResponse((response) => response.request().method() === "DELETE");
    await page.getByRole("button", { name: "Cancel the upload of wrong.txt" }).click();
    expect((await deletion).status()).toBe(204);
    await dialog(page).getByText("No documents yet.").waitFor();
  });

  it("is refused before it begins if the service could not read the file", async () => {
    const page = await signedIn();
    await openList(page);
    await addFiles(page, fileOf("picture.png", "x"), fileOf("empty.txt", ""));
    await uploading(page).getByText("Files of this type can’t be read.").waitFor();
    await uploading(page).getByText("The file is empty.").waitFor();
    expect(await uploading(page).getByRole("button", { name: "Try again" }).count()).toBe(0);
    await page.getByRole("button", { name: "Dismiss picture.png" }).click();
    await page.getByRole("button", { name: "Dismiss empty.txt" }).click();
    await dialog(page).getByText("No documents yet.").waitFor();
  });

  it.each([
    [402, "budget_exhausted", "The budget for reading files is used up."],
    [409, "document_quota", "There is no room for this file."],
    [413, "payload_too_large", "The file is too large."],
    [429, "rate_limited", "Too many requests."],
    [503, "service_unavailable", "The service is temporarily unavailable."],
  ])(
    "that the service refuses with %i says why, and can be tried again",
    async (status, type, text) => {
      const page = await signedIn();
      await openList(page);
      await refuseOnce(page, status, type);
      await addFiles(page, fileOf("report.txt", `Report ${status}`));
      await uploading(page).getByText(text).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("button", { name: "Try again with report.txt" }).click();
      await listed(page).getByText("report.txt").waitFor();
    },
  );

  it.each([
    ["whose network is cut", "The upload was interrupted.", (route: Route) => route.abort()],
    [
      "that the bucket refuses",
      "The storage refused the file.",
      (route: Route) =>
        route.fulfill({
          status: 403,
          headers: { "access-control-allow-origin": "*" },
          body: "<Error><Code>AccessDenied</Code></Error>",
        }),
    ],
  ])("%s says so, and can be tried again", async (_, text, answer) => {
    const page = await signedIn();
    await openList(page);
    await page.route(toBucket, answer, { times: 1 });
    await addFiles(page, fileOf("cut.txt", `Cut: ${text}`));
    await uploading(page).getByText(text).waitFor();
    await page.getByRole("button", { name: "Try again with cut.txt" }).click();
    await listed(page).getByText("cut.txt").waitFor();
  });

  it("of a session that has ended leads to the login, and goes on after it", async () => {
    const page = await signedIn();
    await openList(page);
    await refuseOnce(page, 401, "unauthorized");
    await addFiles(page, fileOf("late.txt", "Late"));
    await page.getByText("Your session expired.").waitFor();
    await page.getByLabel("Password").fill(here.twin.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await composer(page).waitFor();
    await openList(page);
    await page.getByRole("button", { name: "Try again with late.txt" }).click();
    await listed(page).getByText("late.txt").waitFor();
  });

  it("that a reload interrupts says so, and goes on with the same file", async () => {
    const page = await signedIn();
    await openList(page);
    await holdUploads(page);
    await addFiles(page, fileOf("long.txt", "A long upload"));
    await uploading(page).getByRole("progressbar").waitFor();
    await page.reload();
    await page.unroute(toBucket);
    await openList(page);
    await uploading(page).getByText("Upload did not finish.").waitFor();
    await choose(
      page,
      uploading(page).getByRole("button", { name: "Choose the file again" }),
      fileOf("long.txt", "A long upload"),
    );
    await listed(page).getByText("long.txt").waitFor();
    await expect.poll(() => listed(page).getByRole("listitem").count()).toBe(1);
  });

  it("takes files that are dropped on the list, and pasted ones", async () => {
    const page = await signedIn();
    await openList(page);
    await dropOn(page, "dropped.txt");
    await listed(page).getByText("dropped.txt").waitFor();
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(["Pasted"], "pasted.txt", { type: "text/plain" }));
      window.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
    });
    await listed(page).getByText("pasted.txt").waitFor();
    expect(await chips(page).count()).toBe(0);
  });
});

async function dropOn(page: Page, name: string): Promise<void> {
  await page.evaluate((fileName) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([`Dropped ${fileName}`], fileName, { type: "text/plain" }));
    const options = { dataTransfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent("dragover", options));
    document.body.dispatchEvent(new DragEvent("drop", options));
  }, name);
}

describe("the view of a document", () => {
  const { start, end } = quotedRange();
  const address = `#document/${seededId(1)}&version=${seededId(1_001)}&start=${start}&end=${end}&part=2`;

  it("opens at the quoted words from a link, also in a new tab, and closes with Back", async () => {
    const page = await signedIn({ viewport: { width: 800, height: 500 } });
    await seedDocuments(page, manyDocuments());
    await openList(page);
    await listed(page).getByRole("link", { name: "Open Travel policy 2026.pdf" }).press("Enter");
    await view(page).getByRole("heading", { name: "Travel policy 2026.pdf" }).waitFor();
    await page.keyboard.press("Escape");
    await view(page).waitFor({ state: "hidden" });
    await expect.poll(() => new URL(page.url()).hash).toBe("");
    expect(await dialog(page).isVisible()).toBe(true);
    await page.keyboard.press("Escape");

    await page.goto(`/${address}`);
    await page.reload();
    const mark = view(page).locator("mark");
    await mark.waitFor();
    expect(await mark.textContent()).toBe(quotedWords);
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("MARK");
    const box = await mark.boundingBox();
    expect(box?.y).toBeGreaterThan(50);
    expect(box?.y).toBeLessThan(450);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await view(page).waitFor({ state: "hidden" });
    await expect.poll(() => new URL(page.url()).hash).toBe("");
  });

  it("says that a document is gone", async () => {
    const page = await signedIn();
    await page.getByRole("button", { name: "Attach files" }).waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, address);
    await view(page).getByText("This document was deleted, or you can’t see it.").waitFor();
    await page.goBack();
    await view(page).waitFor({ state: "hidden" });
  });

  it("shows the text that a first page does not hold", async () => {
    const page = await signedIn();
    const whole = readableDocument();
    await page.route(/\/api\/v1\/documents\//, async (route) => {
      const cursor = new URL(route.request().url()).searchParams.get("cursor");
      const parts = cursor === null ? whole.parts.slice(1) : whole.parts.slice(0, 1);
      const previous_cursor = cursor === null ? "0" : null;
      await route.fulfill({ json: { ...whole, parts, previous_cursor } });
    });
    await page.getByRole("button", { name: "Attach files" }).waitFor();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, address);
    await view(page).locator("mark").waitFor();
    expect(await view(page).getByText("Page 1").count()).toBe(0);
    await view(page).getByRole("button", { name: "Load earlier pages" }).click();
    await view(page).getByText("Page 1").waitFor();
    expect(await view(page).locator("mark").textContent()).toBe(quotedWords);
  });
});

describe("the original pages of a PDF", () => {
  async function openOriginal(page: Page, name: string, file: Buffer): Promise<void> {
    await openList(page);
    await addFiles(page, { name, mimeType: "application/pdf", buffer: file });
    await listed(page)
      .getByText(/Ready|Failed/)
      .waitFor();
    await listed(page)
      .getByRole("link", { name: `Open ${name}` })
      .click();
    await view(page).getByRole("radio", { name: "Original" }).check();
  }

  it("are drawn from the bucket when they come into view, under the page's policy", async () => {
    const page = await signedIn();
    await openOriginal(page, "one-page.pdf", pdf([{ text: "Hello from a page", size: 24 }]));
    await view(page).getByText("Page 1 of 1").waitFor();
    const canvas = view(page).locator("canvas");
    await canvas.waitFor();
    // Some of the pixels of white paper are ink.
    await expect.poll(() => countInk(canvas)).toBeGreaterThan(100);
    expect(await accessibilityFaults(page)).toEqual([]);
    await view(page).getByRole("radio", { name: "Text" }).check();
    await view(page).getByText("Hello from a page").waitFor();
    const download = page.waitForEvent("download");
    await view(page).getByRole("button", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("one-page.pdf");
  });

  it("mark the quoted words", async () => {
    const page = await signedIn();
    await openList(page);
    const file = pdf([{ text: "The lens is polished every second Thursday at noon", size: 24 }]);
    await addFiles(page, { name: "lens.pdf", mimeType: "application/pdf", buffer: file });
    await listed(page).getByText("Ready").waitFor();
    const link = listed(page).getByRole("link", { name: "Open lens.pdf" });
    const address = await link.getAttribute("href");
    const words = { start: 12, end: 20 };
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `${address}&start=${words.start}&end=${words.end}`);
    expect(await view(page).locator("mark").textContent()).toBe("polished");
    await view(page).getByRole("radio", { name: "Original" }).check();
    const [mark, paper] = await Promise.all([
      view(page).locator("mark").boundingBox(),
      view(page).locator("figure > div").boundingBox(),
    ]);
    // The line begins at 72 of 595 points, its baseline is 142 of 842 below the top, and each letter takes about 12.
    if (mark === null || paper === null) throw new Error("Nothing is drawn.");
    const point = paper.width / 595;
    expect((mark.x - paper.x) / point).toBeGreaterThan(72 + 12 * 6);
    expect((mark.x + mark.width - paper.x) / point).toBeLessThan(72 + 12 * 24);
    expect((mark.y - paper.y) / point).toBeLessThan(142 - 12);
    // The descender of "p".
    expect((mark.y + mark.height - paper.y) / point).toBeGreaterThan(142 + 3);
    expect((mark.y + mark.height - paper.y) / point).toBeLessThan(142 + 12);
  });

  it("that cannot be read say so", async () => {
    const page = await signedIn();
    await openOriginal(page, "broken.pdf", Buffer.from("%PDF-1.4 and then nothing"));
    await view(page).getByText("The original can’t be shown here.").waitFor();
  });
});

const countInk = (canvas: Locator) =>
  canvas.evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return 0;
    const { width, height } = element;
    const pixels = element.getContext("2d")?.getImageData(0, 0, width, height).data;
    return [...(pixels ?? [])].filter((value, index) => index % 4 === 0 && value < 100).length;
  });

describe("a checked answer", () => {
  it.each(["light", "dark"] as const)(
    "links verified quotations to their place and says what else was found, in the %s theme",
    async (colorScheme) => {
      const page = await signedIn({ viewport: { width: 375, height: 740 }, colorScheme });
      await seedDocuments(page, manyDocuments());
      here.twin.parts.bedrock.script.add(answerWith("The answer."));
      await sendAndWait(page, "What does the policy say?");
      await showTurn(page, checkedAnswer());
      const answer = turns(page).nth(0);
      await answer.getByText("Not verified").waitFor();
      const links = answer.locator("a[href^='#document/'][href*='start=']");
      expect(await links.allTextContents()).toEqual([
        quotedWords,
        "Employees who travel by rail book second class",
      ]);
      expect(await answer.getByText("Quote checked").count()).toBe(2);
      expect(await accessibilityFaults(page)).toEqual([]);

      await answer.getByRole("button", { name: "Not verified" }).focus();
      await page.keyboard.press("Enter");
      await page.getByText("The longest match is “nobody may travel”.").waitFor();
      await page.keyboard.press("Escape");
      await answer.getByRole("button", { name: "Document deleted" }).click();
      await page.getByText("The document has been deleted since.").waitFor();
      await page.keyboard.press("Escape");
      await answer.getByRole("button", { name: "4,711" }).click();
      await page.getByText("This number is in no passage").waitFor();
      await page.keyboard.press("Escape");

      await links.first().press("Enter");
      await view(page).locator("mark").waitFor();
      expect(await view(page).locator("mark").textContent()).toBe(quotedWords);
      await page.goBack();
      await view(page).waitFor({ state: "hidden" });
      // The conversation stays as it was.
      expect(await links.count()).toBe(2);
      const card = answer.getByRole("list", { name: "Sources" }).getByRole("link").first();
      expect(await card.getAttribute("href")).toContain(`#document/${seededId(1)}`);
      // A section is a number of ours, not of the document.
      const cards = answer.getByRole("list", { name: "Sources" });
      expect(await cards.getByText(/^(Page|Section) /).allTextContents()).toEqual([
        "Page 1",
        "Page 2",
      ]);
    },
  );
});

describe("a question about a document", () => {
  it("has an answer whose quotation opens at its place", async () => {
    const page = await signedIn();
    const rule = "Lighthouse keepers polish the great lens every second Thursday.";
    await attachFiles(page, fileOf("keepers.txt", `Rules of the house.\n\n${rule}\n\nThe end.`));
    await chips(page).getByText("Ready").waitFor();
    here.twin.parts.bedrock.script.add(
      callTools([{ name: "search_documents", input: { question: "polish the great lens" } }]),
      answerWith(`They do it often: "polish the great lens every second Thursday" [1].`),
    );
    await sendAndWait(page, "When do keepers polish the lens?");
    const answer = turns(page).nth(0);
    await answer.getByRole("link", { name: "polish the great lens" }).click();
    await view(page).locator("mark").waitFor();
    expect(await view(page).locator("mark").textContent()).toBe(
      "polish the great lens every second Thursday",
    );
    await page.keyboard.press("Escape");

    await openList(page);
    await listed(page).getByText("One chat only").waitFor();
    await page.getByRole("button", { name: "Delete keepers.txt" }).click();
    await dialog(page).getByRole("button", { name: "Close" }).click();
    await page.reload();
    await answer.getByRole("link", { name: "polish the great lens" }).click();
    await view(page).getByText("This document was deleted, or you can’t see it.").waitFor();
  });
});

describe("a file that is attached and not yet sent", () => {
  it("is in the list once it is ready", async () => {
    const page = await signedIn();
    await attachFiles(page, fileOf("unsent.txt", "Keepers of the house."));
    await chips(page).getByText("Ready").waitFor();
    await openList(page);
    await listed(page).getByText("unsent.txt").waitFor();
  });
});

describe("a page in German", () => {
  it("says in German what the service found in a file", async () => {
    const { page } = await here.open({ locale: "de-DE" });
    await page.getByLabel("Passwort").fill(here.twin.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    const attach = page.getByRole("button", { name: "Dateien anhängen" });
    await choose(page, attach, fileOf("binary.txt", "\u0001\u0002\u0003".repeat(99)));
    await page
      .getByRole("list", { name: "Angehängte Dateien" })
      .getByText("Fehlgeschlagen: Die Datei enthält Binärdaten, keinen Text.")
      .waitFor();

    await seedDocuments(page, [
      documentOf(1, "Preise.xlsx", { notes: ["White text of the sheet “2026” was left out."] }),
      ...manyDocuments().slice(3, 4),
    ]);
    const note = "Weißer Text des Blatts „2026“ wurde ausgelassen.";
    await page.getByRole("button", { name: "Menü" }).click();
    await page.getByRole("button", { name: "Dokumente" }).click();
    const shown = page.getByRole("dialog", { name: "Dokumente" });
    await shown.getByText("Die Datei enthält keinen Text. Ihre Seiten sind").waitFor();
    await shown.getByText(note).waitFor();
    await shown.getByRole("link", { name: "Preise.xlsx öffnen" }).click();
    await page.getByRole("list", { name: "Hinweise zu dieser Datei" }).getByText(note).waitFor();
  });
});

describe("files of a message", () => {
  it("are sent with it once they can be used, and the message names them", async () => {
    const page = await signedIn();
    const documents = [documentOf(1, "report.txt", { state: "reading", ready_at: null })];
    await seedDocuments(page, documents);
    const bound: unknown[] = [];
    await page.route(/\/api\/v1\/documents(\/[^/]+)?$/, async (route) => {
      const method = route.request().method();
      if (method === "POST") {
        const [document] = documents;
        const created = waitingUpload(here.twin.parts.s3.endpoint);
        await route.fulfill({ json: { ...created, document } });
      } else if (method === "PATCH") {
        bound.push(route.request().postDataJSON());
        await route.fulfill({ json: { document: documents[0] } });
      } else await route.fallback();
    });
    await page.route(toBucket, (route) =>
      route.fulfill({ status: 204, headers: { "access-control-allow-origin": "*" } }),
    );
    await attachFiles(page, fileOf("report.txt", "Report"));
    await chips(page).getByText("Reading…").waitFor();
    await send(page, "What does it say?");
    await page.getByText("Your message is sent when the files are ready.").waitFor();
    expect(await turns(page).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    here.twin.parts.bedrock.script.add(answerWith("It says something."));
    documents[0] = documentOf(1, "report.txt");
    await ended(page);
    expect(await textOf(turns(page).nth(0))).toContain("Attached: report.txt");
    expect(await chips(page).count()).toBe(0);
    const conversationId = new URL(page.url()).pathname.replace("/c/", "");
    await expect.poll(() => bound).toEqual([{ conversation_id: conversationId }]);
    await expect.poll(() => rows(page).count()).toBe(1);
  });

  it("are sent with it even if their script arrives after Enter", async () => {
    const page = await signedIn();
    const arrival = Promise.withResolvers<void>();
    await page.route("**/assets/attachments-*.js", async (route) => {
      await arrival.promise;
      await route.continue();
    });
    here.twin.parts.bedrock.script.add(answerWith("It says something."));
    await dropOn(page, "dropped.txt");
    await send(page, "What does it say?");
    arrival.resolve();
    await ended(page);
    expect(await textOf(turns(page).nth(0))).toContain("Attached: dropped.txt");
  });

  it("that cannot be used do not stop a message, if the person says so", async () => {
    const page = await signedIn();
    await attachFiles(page, fileOf("picture.png", "x"));
    await chips(page).getByText("Files of this type can’t be read.").waitFor();
    await send(page, "Never mind");
    await page.getByText("A file can’t be used.").waitFor();
    here.twin.parts.bedrock.script.add(answerWith("All right."));
    await page.getByRole("button", { name: "Send anyway" }).click();
    await ended(page);
    expect(await textOf(turns(page).nth(0))).not.toContain("Attached");
    await page.getByRole("button", { name: "Remove picture.png" }).click();
    expect(await chips(page).count()).toBe(0);
  });

  it("may be dropped on the chat, and stay with it through a reload", async () => {
    const page = await signedIn();
    await page.getByRole("button", { name: "Attach files" }).waitFor();
    const release = await holdUploads(page);
    await dropOn(page, "dropped.txt");
    await chips(page).getByText("dropped.txt").first().waitFor();
    await release();
    await chips(page).getByText("Reading…").waitFor();
    await page.reload();
    await chips(page).getByText("dropped.txt").first().waitFor();
    await page.getByRole("button", { name: "Remove dropped.txt" }).click();
    expect(await chips(page).count()).toBe(0);
  });
});

import type { Page, Route } from "playwright-core";
import type {
  Document,
  DocumentCreated,
  DocumentLimits,
  DocumentWithParts,
} from "#lib/contract/document.ts";

const megabyte = 1_024 ** 2;

const limits: DocumentLimits = {
  file_bytes: 25 * megabyte,
  formats: [".txt", ".md", ".html", ".csv", ".pdf", ".docx", ".pptx", ".xlsx", ".eml"],
  own: { bytes: 100 * megabyte, bytes_used: 12.4 * megabyte, count: 200, count_used: 7 },
  site: { bytes: 500 * megabyte, bytes_used: 96 * megabyte, count: 2_000, count_used: 41 },
};

export const seededId = (number: number) =>
  `d0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** Returns a document that is ready, with changes. */
export function documentOf(
  number: number,
  name: string,
  changes: Partial<Document> = {},
): Document {
  return {
    id: seededId(number),
    scope: "own",
    conversation_id: null,
    name,
    title: null,
    format: "pdf",
    bytes: 384_210,
    pages: 12,
    language: "english",
    state: "ready",
    problem: null,
    notes: [],
    is_mine: true,
    version_id: seededId(1_000 + number),
    version: 1,
    versions: 1,
    searched_version_id: seededId(1_000 + number),
    created_at: "2026-11-20T09:15:00.000Z",
    ready_at: "2026-11-20T09:15:12.000Z",
    ...changes,
  };
}

/** A document in each state and scope. */
export const manyDocuments = (): Document[] => [
  documentOf(1, "Travel policy 2026.pdf", {
    scope: "site",
    is_mine: false,
    version: 3,
    versions: 3,
  }),
  documentOf(2, "Quarterly results.pptx", { format: "pptx", pages: 24, bytes: 4_812_331 }),
  documentOf(3, "Preisliste Österreich.xlsx", {
    format: "xlsx",
    pages: 3,
    scope: "site",
    notes: ["Sheet 2 is hidden. Its cells were read too."],
  }),
  documentOf(4, "scan-of-the-contract-from-the-archive-with-a-very-long-name.pdf", {
    state: "failed",
    problem: "The file holds no text. Its pages are probably scanned.",
    pages: null,
    ready_at: null,
    searched_version_id: null,
  }),
  documentOf(5, "notes.md", { format: "markdown", bytes: 1_204, conversation_id: seededId(9) }),
  documentOf(6, "Handbook.docx", {
    format: "docx",
    state: "reading",
    created_at: new Date().toISOString(),
    ready_at: null,
    searched_version_id: null,
  }),
  documentOf(7, "half-sent.pdf", {
    state: "uploading",
    created_at: new Date(Date.now() - 40 * 60_000).toISOString(),
    ready_at: null,
    searched_version_id: null,
  }),
];

const sentence =
  "Employees who travel by rail book second class, and first class from four hours of travel time on. ";

/** The quoted words of `readableDocument`. */
export const quotedWords = "first class from four hours of travel time on";

/** A document with its text: three pages, the second one with the quoted words. */
export function readableDocument(
  document = documentOf(1, "Travel policy 2026.pdf"),
): DocumentWithParts {
  const texts = [
    `Travel policy\n\n${"This page says who the policy is for. ".repeat(60)}`,
    `2 Rail\n\n${"A sentence before the quotation. ".repeat(50)}\n\n${sentence}\n\n${"And after it. ".repeat(90)}`,
    "",
  ];
  let start = 0;
  const parts = texts.map((text, index) => {
    const part = { number: index + 1, kind: "page" as const, label: null, start, text };
    start += text.length + 2;
    return part;
  });
  return {
    document,
    versions: [3, 2, 1].slice(0, document.versions).map((version) => ({
      version_id: version === document.version ? document.version_id : seededId(2_000 + version),
      version,
      state: "ready",
      bytes: document.bytes,
      pages: document.pages,
      created_at: `2026-11-${10 + version}T08:00:00.000Z`,
    })),
    parts,
    next_cursor: null,
    previous_cursor: null,
    file_url: null,
  };
}

/** Returns where the quoted words stand in the text of `readableDocument`. */
export function quotedRange(): { start: number; end: number } {
  const { parts } = readableDocument();
  const part = parts.find(({ text }) => text.includes(quotedWords));
  const start = (part?.start ?? 0) + (part?.text.indexOf(quotedWords) ?? 0);
  return { start, end: start + quotedWords.length };
}

/** Answers the page's requests for documents with seeded ones. */
export async function seedDocuments(page: Page, documents: Document[]): Promise<void> {
  const respond = async (route: Route) => {
    const { pathname } = new URL(route.request().url());
    const id = pathname.split("/")[4];
    if (id === undefined)
      return await route.fulfill({ json: { documents, next_cursor: null, limits } });
    const found = documents.find((each) => each.id === id);
    await route.fulfill({
      json: readableDocument(found ?? documentOf(1, "Travel policy 2026.pdf")),
    });
  };
  await page.route(/\/api\/v1\/documents(\/[^/?]+)?(\?|$)/, async (route) => {
    await (route.request().method() === "GET" ? respond(route) : route.fallback());
  });
}

/** Returns what a checked turn stores: a verified quotation, an unverified and a removed one, and a number without a source. */
export function checkedAnswer() {
  const result = `By rail you travel second class, and "${quotedWords}" [1].

> Employees who travel by rail book **second class** [1]

The policy also says "nobody may travel by air" [2], and “hotels cost at most 120 euros” [3]. In total this is about 4,711 euros.`;
  const at = (words: string) => {
    const start = result.indexOf(words);
    return { start, end: start + words.length };
  };
  const range = quotedRange();
  const place = {
    document_id: seededId(1),
    version_id: seededId(1_001),
    part: 2,
    document_start: range.start,
    document_end: range.end,
  };
  return {
    result,
    sources: [1, 2, 3].map((index) => ({
      index,
      title: index === 3 ? "Hotels.docx" : "Travel policy 2026.pdf",
      quote: "Employees who travel by rail book second class.",
      document_id: seededId(1),
      version_id: seededId(1_001),
      chunk_id: "7",
      part: index,
      part_kind: index === 3 ? "section" : "page",
    })),
    citations: [
      { index: 1, state: "verified", ...place, ...at(quotedWords) },
      {
        index: 1,
        state: "verified",
        ...place,
        ...at("Employees who travel by rail book **second class**"),
      },
      {
        index: 2,
        state: "unverified",
        longest_run: "nobody may travel",
        ...at("nobody may travel by air"),
      },
      { index: 3, state: "removed", ...at("hotels cost at most 120 euros") },
    ],
    unsourced_numbers: [at("4,711")],
  };
}

/** Returns the response to a request that creates a document, whose file goes to a bucket. */
export function waitingUpload(bucketOrigin: string): DocumentCreated {
  return {
    document: documentOf(50, "big.pdf", { state: "uploading", ready_at: null }),
    upload: {
      url: `${bucketOrigin}/documents`,
      fields: {},
      expires_at: new Date(Date.now() + 15 * 60_000).toISOString(),
    },
  };
}

import { shorten } from "#lib/platform/shorten.ts";
import { type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import { partWith } from "./page-parts.ts";
import type { Page, PageReader } from "./page-reader.ts";

export { createPageReader } from "./page-reader.ts";

/** The lines above a part must leave it the 7 KB that it may have of the model's 8. */
const maxShownTitle = 100;
const maxShownAddress = 200;
/** In UTF-16 units. */
const maxCitedAddress = 2_000;
const maxQuote = 300;

interface PartRequest {
  url: string;
  part?: number | undefined;
  find?: string | undefined;
}

/** Reads a page and returns one part of it for the model. @throws ToolRefusal with a sentence for the model */
export async function readPart(
  reader: PageReader,
  { url: address, part, find }: PartRequest,
  context: ToolContext,
): Promise<string> {
  const url = URL.parse(address.trim());
  if (!url)
    throw new ToolRefusal("the address must be a whole one, like https://example.com/page.");
  const page = await reader.read(url, context.signal);
  const total = page.parts.length;
  const found = part === undefined && find ? partWith(page.parts, find) : undefined;
  const number = part ?? found ?? 1;
  const text = page.parts[number - 1];
  if (text === undefined) throw new ToolRefusal(`the page has only ${count(total)}.`);
  const index = context.cite({
    title: page.title,
    ...(page.url.href.length <= maxCitedAddress && { url: page.url.href }),
    quote: quoteOf(text),
    published_at: page.publishedAt ?? null,
  });
  const missing = part === undefined && find && found === undefined;
  return [
    `[${index}] ${shorten(page.title, maxShownTitle)}`,
    ...addressLines(page),
    ...(page.publishedAt === undefined ? [] : [`Published: ${page.publishedAt}`]),
    ...page.remarks,
    ...(missing ? ["No part of the page holds any of the words."] : []),
    ...(total === 1 ? [] : [partLine(number, total)]),
    "",
    text,
  ].join("\n");
}

function addressLines({ url, canonicalAddress }: Page): string[] {
  const lines = [`Address: ${shorten(url.href, maxShownAddress)}`];
  if (canonicalAddress === undefined) return lines;
  return [...lines, `Its own address for itself: ${shorten(canonicalAddress, maxShownAddress)}`];
}

function partLine(number: number, total: number): string {
  const next = number < total ? ` Call again with part ${number + 1} for the next.` : "";
  return `Part ${number} of ${total}.${next}`;
}

const count = (parts: number) => (parts === 1 ? "one part" : `${parts} parts`);

/** Without the addresses of links. */
const quoteOf = (text: string): string =>
  shorten(
    text
      .slice(0, 4 * maxQuote)
      .replace(/\]\([^()\s]*\)/g, "]")
      .replace(/\s+/g, " "),
    maxQuote,
  );

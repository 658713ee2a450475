import { type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import { createAmazonSearch } from "./search-amazon.ts";
import { createTavilySearch } from "./search-tavily.ts";
import type { FoundPage, SearchWeb, WebQuery, WebSearchParts } from "./search-web.ts";

/** Shorter than the gate's 15 s, so that the model learns which search was slow. */
const defaultTimeoutMs = 10_000;
/** The gate cuts the model's text at 8 KB. All entries together have fewer bytes, their headings included. */
const maxTextBytes = 8_000;
const maxEntryBytes = 1_600;
const longestTitle = 150;
const longestAddress = 200;

/** Returns a function that searches, and returns the text for the model. It cites each result. */
export function createSearch(parts: WebSearchParts) {
  const searchWeb = searchOf(parts);
  return async (query: WebQuery, context: ToolContext): Promise<string> => {
    const pages = (await searchWeb(query, context.signal)).slice(0, query.maxResults);
    if (pages.length === 0) return nothingFound(query);
    return describe(pages, context);
  };
}

function searchOf(parts: WebSearchParts): SearchWeb {
  const { timeoutMs = defaultTimeoutMs } = parts;
  return parts.backend === "amazon"
    ? createAmazonSearch({ ...parts, timeoutMs })
    : createTavilySearch({ ...parts, timeoutMs });
}

function nothingFound({ query, domains, publishedAfter, publishedBefore }: WebQuery): string {
  const isNarrow = domains.length > 0 || publishedAfter || publishedBefore;
  const advice = isNarrow
    ? "Leave out the sites and dates, or try other words."
    : "Try other words.";
  return `The search found nothing for ${JSON.stringify(query)}. ${advice}`;
}

function describe(pages: readonly FoundPage[], context: ToolContext): string {
  const bytes = Math.min(maxEntryBytes, Math.floor(maxTextBytes / pages.length) - 2);
  const numbers = new Set<number>();
  const entries = pages.flatMap((page) => {
    const index = citeOrStop(page, context, numbers.size > 0);
    // The same page again, or no more room for sources.
    if (index === undefined || numbers.has(index)) return [];
    numbers.add(index);
    return [shorten(`[${index}] ${headingOf(page)}\n${page.text}`, bytes)];
  });
  return entries.join("\n\n");
}

/** Returns undefined if the turn has no room for another source, and has numbered one of these results already. */
function citeOrStop(page: FoundPage, { cite }: ToolContext, hasOne: boolean): number | undefined {
  try {
    return cite({
      title: page.title,
      ...(page.url !== undefined && { url: page.url }),
      quote: page.text,
      published_at: page.publishedAt,
    });
  } catch (error) {
    if (error instanceof ToolRefusal && hasOne) return undefined;
    throw error;
  }
}

function headingOf({ title, url, publishedAt }: FoundPage): string {
  return [title.slice(0, longestTitle), siteOf(url), publishedAt?.slice(0, 10) ?? ""]
    .filter((part) => part !== "")
    .join(" · ");
}

/** The model can read the page by its address. A longer one leaves no room for the excerpt. */
function siteOf(url: string | undefined): string {
  if (url === undefined) return "";
  return url.length <= longestAddress ? url : new URL(url).host;
}

/** Cuts at a word. */
function shorten(text: string, maxBytes: number): string {
  let cut = text;
  for (let bytes = Buffer.byteLength(cut); bytes > maxBytes; bytes = Buffer.byteLength(cut)) {
    cut = `${cut.slice(0, Math.floor((cut.length * maxBytes) / bytes) - 2).replace(/\s+\S*$/, "")}…`;
  }
  return cut.toWellFormed();
}

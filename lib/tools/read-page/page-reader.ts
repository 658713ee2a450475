import { decodeText } from "#lib/platform/decode-text.ts";
import type { LookupAll } from "#lib/platform/public-address.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";
import type { Block } from "./block-writer.ts";
import { type Answer, createGuardedFetch, refuseUnlessReadable } from "./guarded-fetch.ts";
import { maxPartBytes, partsOf } from "./page-parts.ts";
import { readHtml, tooLong } from "./readable-page.ts";
import { createRobotsCache } from "./robots-cache.ts";

/** Also the product token in a robots.txt. */
const product = "enterprise-agentic-ai";
const megabyte = 1024 * 1024;
/** The next part of a page should be of the same page. */
const keptMs = 5 * 60_000;
const maxKeptPages = 8;

export interface ReaderOptions {
  /** Of this system, for the sites. */
  version: string;
  /** For the twin, whose documentation is on the own machine. */
  mayUseLoopback: boolean;
  /** How long a page may take with its robots.txt and all redirects; 10 s by default. */
  timeoutMs?: number | undefined;
  /** How much of a page is read, decompressed; 2 MB by default. */
  maxBytes?: number | undefined;
  lookupAll?: LookupAll | undefined;
  now?: (() => number) | undefined;
}

export interface Page {
  /** After the redirects. */
  url: URL;
  title: string;
  canonicalAddress: string | undefined;
  publishedAt: string | undefined;
  parts: readonly string[];
  /** What a reader must know about what is missing. */
  remarks: readonly string[];
}

export interface PageReader {
  /** @throws ToolRefusal with a sentence for the model, or the signal's reason */
  read(url: URL, signal: AbortSignal): Promise<Page>;
}

export function createPageReader(options: ReaderOptions): PageReader {
  const { timeoutMs = 10_000, maxBytes = 2 * megabyte, now = Date.now } = options;
  const robots = createRobotsCache(product, now);
  const kept = new Map<string, { page: Page; untilMs: number }>();

  async function fetchPage(url: URL, signal: AbortSignal): Promise<Page> {
    const { mayUseLoopback, lookupAll, version } = options;
    const userAgent = `${product}/${version}`;
    const fetch = createGuardedFetch({ userAgent, signal, mayUseLoopback, lookupAll });
    try {
      const answer = await fetch.get(url, async (next) => {
        if (await robots.allows(next, fetch)) return;
        throw new ToolRefusal(
          `the robots.txt of ${next.host} does not let programs like this one read the page.`,
        );
      });
      refuseUnlessText(answer);
      const { bytes, isCut } = await answer.read(maxBytes);
      return pageOf(answer, { bytes, isCut, maxBytes });
    } finally {
      await fetch.close();
    }
  }

  function keep(address: string, page: Page): void {
    kept.delete(address);
    kept.set(address, { page, untilMs: now() + keptMs });
    const [oldest] = kept.keys();
    if (kept.size > maxKeptPages && oldest !== undefined) kept.delete(oldest);
  }

  return {
    async read(url, signal) {
      refuseUnlessReadable(url, options);
      const address = withoutFragment(url);
      const known = kept.get(address);
      if (known && known.untilMs > now()) return known.page;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(tooLate(timeoutMs)), timeoutMs);
      try {
        const page = await fetchPage(new URL(address), AbortSignal.any([signal, late.signal]));
        keep(address, page);
        return page;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const tooLate = (timeoutMs: number) =>
  new ToolRefusal(`the page took longer than ${timeoutMs / 1_000} seconds.`);

function withoutFragment(url: URL): string {
  const page = new URL(url);
  page.hash = "";
  return page.href;
}

const isHtml = (contentType: string) =>
  /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType);
const isText = (contentType: string) =>
  /^(text\/|application\/(xhtml\+xml|json|xml|csv|markdown|yaml)\b|[\w.-]+\/[\w.-]+\+(json|xml)\b)/i.test(
    contentType,
  );

/** @throws ToolRefusal unless the site has answered with a text */
function refuseUnlessText({ url, status, headers }: Answer): void {
  if (status < 200 || status > 299) {
    const retryAfter = headers.get("retry-after");
    const when =
      retryAfter !== null && /^\d{1,6}$/.test(retryAfter)
        ? ` Try again after ${retryAfter} s.`
        : "";
    throw new ToolRefusal(
      `${url.host} answered with the status ${status}${meaningOf(status)}.${when}`,
    );
  }
  const contentType = headers.get("content-type");
  if (contentType === null || isText(contentType)) return;
  const name = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(contentType)?.[0] ?? "of an unknown type";
  throw new ToolRefusal(`the page is ${name}, and only texts can be read.`);
}

function meaningOf(status: number): string {
  if (status === 401) return ": the page needs a login";
  if (status === 403) return ": the site does not let programs read the page";
  if (status === 404 || status === 410) return ": there is no such page";
  return status === 429 ? ": the site was asked too often" : "";
}

interface Content {
  bytes: Uint8Array;
  /** There were more than `maxBytes`. */
  isCut: boolean;
  maxBytes: number;
}

function pageOf({ url, headers }: Answer, { bytes, isCut, maxBytes }: Content): Page {
  const stated = headers.get("content-type");
  const contentType = stated ?? (looksLikeHtml(bytes) ? "text/html" : "text/plain");
  const text = decodeText(bytes, contentType);
  if (text.includes("\0")) throw new ToolRefusal("the page is not a text.");
  const isXhtml = /^application\/xhtml/i.test(contentType);
  const page = isHtml(contentType)
    ? readHtml(text, url, { isXhtml, maxLength: 2 * maxBytes })
    : plainPage(text);
  const all = partsOf(page.blocks);
  // Links and tables can make a page many times as long, and this instance keeps its parts.
  const parts = all.slice(0, Math.ceil((2 * maxBytes) / maxPartBytes));
  const fault = parts.length === all.length ? page.fault : tooLong;
  if (parts.length === 0) {
    throw new ToolRefusal("the page has no text. It may show its content with scripts only.");
  }
  const remarks = [
    ...(isCut ? [`Only the first ${sizeOf(maxBytes)} of the page were read.`] : []),
    ...(fault === undefined ? [] : [beginningOnly(fault)]),
  ];
  return {
    url,
    title: page.title ?? url.href,
    canonicalAddress: page.canonicalAddress,
    publishedAt: page.publishedAt,
    ...{ parts, remarks },
  };
}

const beginningOnly = (reason: string): string =>
  `Only the beginning of the page was read: the rest ${reason}.`;

const sizeOf = (bytes: number): string =>
  bytes >= megabyte ? `${bytes / megabyte} MB` : `${bytes} bytes`;

const looksLikeHtml = (bytes: Uint8Array): boolean =>
  /^\s*<(!doctype html|html|head|body)\b/i.test(
    Buffer.from(bytes.subarray(0, 1_024)).toString("latin1"),
  );

/** A text that is not HTML stays as it is. Empty lines are where it may be cut. */
function plainPage(text: string) {
  const blocks: Block[] = text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) => ({ text: block, isTight: false }));
  return {
    title: undefined,
    canonicalAddress: undefined,
    publishedAt: undefined,
    blocks,
    fault: undefined,
  };
}

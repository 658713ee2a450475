import { type Element, isTag, isText, type ParentNode } from "domhandler";
import { isHiddenOrNavigation } from "#lib/platform/html/hidden-elements.ts";
import { elementsOf, parseHtml } from "#lib/platform/html/parse-html.ts";
import type { Block } from "./block-writer.ts";
import { blocksOf } from "./html-text.ts";
import { publishedAt } from "./published-at.ts";

export interface ReadablePage {
  title: string | undefined;
  /** The address that the page gives itself, if it is one of the same site. */
  canonicalAddress: string | undefined;
  /** RFC 3339, if the page says it. */
  publishedAt: string | undefined;
  blocks: readonly Block[];
  /** Why only the beginning of the page was read: what is wrong with the rest, as the end of a sentence. */
  fault: string | undefined;
}

interface ReadOptions {
  isXhtml?: boolean;
  /** How much text is written at least before the rest is left out, in UTF-16 units. */
  maxLength: number;
}

/** Returns what a person reads in a page: the main content first, then the rest without the navigation. */
export function readHtml(
  html: string,
  url: URL,
  { isXhtml, maxLength }: ReadOptions,
): ReadablePage {
  const { document, fault } = parseHtml(html, { isXhtml });
  const room = { left: maxLength };
  const elements = [...elementsOf(document)];
  const base = URL.parse(attributeOf(elements, "base", "href") ?? "", url) ?? url;
  const main = mainOf(elements);
  const mainBlocks = main ? blocksOf(main, { base, room }) : [];
  const restBlocks = blocksOf(document, {
    ...{ base, room },
    except: mainBlocks.length > 0 ? main : undefined,
  });
  return {
    title: titleOf(elements),
    canonicalAddress: canonicalOf(elements, base, url),
    publishedAt: publishedAt(elements),
    blocks:
      mainBlocks.length > 0 && restBlocks.length > 0
        ? [...mainBlocks, { text: "---", isTight: false }, ...restBlocks]
        : [...mainBlocks, ...restBlocks],
    fault: room.left < 0 ? tooLong : fault,
  };
}

/** Of a page's text. */
export const tooLong = "is too long as text";

/** The only article of a page is its main content, too. Each of several is a part of a list. */
function mainOf(elements: readonly Element[]): Element | undefined {
  const shown = elements.filter((element) => !isHiddenOrNavigation(element));
  const main = shown.find(({ name, attribs }) => name === "main" || attribs.role === "main");
  const articles = shown.filter(({ name }) => name === "article");
  return main ?? (articles.length === 1 ? articles[0] : undefined);
}

function titleOf(elements: readonly Element[]): string | undefined {
  const titles = [
    // An image in SVG may have a title of its own.
    textOf(elements.find(({ name, parent }) => name === "title" && !isInImage(parent))),
    elements.find(({ attribs }) => attribs.property === "og:title")?.attribs.content,
    textOf(elements.find(({ name }) => name === "h1")),
  ];
  return titles.map((title) => title?.replace(/\s+/g, " ").trim()).find(Boolean);
}

const isInImage = (parent: ParentNode | null) =>
  parent !== null && isTag(parent) && parent.name === "svg";

function textOf(node: ParentNode | undefined): string | undefined {
  return node?.children
    .map((child) => (isText(child) ? child.data : isTag(child) ? textOf(child) : ""))
    .join("");
}

/** A page may say anything about itself. An address of another site would let it pass for that site. */
function canonicalOf(elements: readonly Element[], base: URL, url: URL): string | undefined {
  const link = elements.find(
    ({ name, attribs }) => name === "link" && /(^|\s)canonical(\s|$)/i.test(attribs.rel ?? ""),
  );
  const canonical = link?.attribs.href === undefined ? null : URL.parse(link.attribs.href, base);
  return canonical?.origin === url.origin && canonical.href !== url.href
    ? canonical.href
    : undefined;
}

const attributeOf = (elements: readonly Element[], name: string, attribute: string) =>
  elements.find((element) => element.name === name && element.attribs[attribute] !== undefined)
    ?.attribs[attribute];

import { type Element, isTag, isText, type ParentNode } from "domhandler";
import { statedCharset } from "#lib/platform/decode-text.ts";
import { elementsOf, parseHtml } from "#lib/platform/html/parse-html.ts";
import { decodeDocument } from "./decode-document.ts";
import { DocumentFault, moreThan, type ReadLimits } from "./document-file.ts";
import { ElementLooks } from "./html/element-looks.ts";
import { blocksOf } from "./html/html-blocks.ts";
import type { Block, Reader } from "./read-document.ts";

/** Reads HTML as a person does: without markup, addresses of links, texts instead of images, and hidden text. */
export const readHtml: Reader = async ({ bytes }, limits) => {
  const { text, notes } = decodeDocument(bytes, statedCharset(bytes, "text/html")?.encoding);
  const { title, blocks } = readHtmlText(text, limits);
  return {
    ...(title === undefined ? {} : { title }),
    parts: [{ number: 1, kind: "section", blocks }],
    notes,
  };
};

/** @throws DocumentFault if the source is longer than ten times `characters`, or has too many elements */
export function readHtmlText(
  html: string,
  { characters, entries }: ReadLimits,
): { title: string | undefined; blocks: Block[] } {
  if (html.length > characters * 10) throw moreThan(characters, "characters");
  const isXhtml = /^\s*<\?xml/.test(html);
  const { document, fault } = parseHtml(html, { isXhtml, maxNodes: entries });
  if (fault !== undefined) throw new DocumentFault(`The document ${fault}.`);
  const elements = [...elementsOf(document)];
  const sheets = elements
    .filter(({ name, attribs }) => name === "style" && isForScreens(attribs.media))
    .map(rawTextOf);
  const title = elements.find(({ name, parent }) => name === "title" && isPageTitle(parent));
  return {
    title: title && (rawTextOf(title).replace(/\s+/g, " ").trim() || undefined),
    blocks: blocksOf(document, new ElementLooks(sheets)),
  };
}

const isForScreens = (media: string | undefined) =>
  media === undefined || /^\s*(?:all|screen)?\s*$/i.test(media);

/** An image in SVG may have a title of its own. */
const isPageTitle = (parent: ParentNode | null) =>
  parent === null || !isTag(parent) || parent.name !== "svg";

const rawTextOf = ({ children }: Element): string =>
  children.map((child) => (isText(child) ? child.data : "")).join("");

import { type ChildNode, type Element, isTag, isText, type ParentNode } from "domhandler";
import { blockElements, wholeNumber } from "#lib/platform/html/block-elements.ts";
import { isHiddenOrNavigation } from "#lib/platform/html/hidden-elements.ts";
import { type Block, BlockWriter, type TextRoom } from "./block-writer.ts";
import { writeTable } from "./write-table.ts";

export interface TextOptions {
  /** What relative links are relative to. */
  base: URL;
  /** For the whole page. */
  room: TextRoom;
  /** Left out, because it is written elsewhere. */
  except?: Element | undefined;
}

/** Returns what a person reads in a part of a page, as blocks of Markdown. */
export function blocksOf(node: ParentNode, options: TextOptions): Block[] {
  const writer = new BlockWriter(options.room);
  writeChildren(writer, node, options);
  writer.endBlock();
  return writer.blocks;
}

function writeChildren(writer: BlockWriter, node: ParentNode, options: TextOptions): void {
  for (const child of node.children) writeNode(writer, child, options);
}

function writeNode(writer: BlockWriter, node: ChildNode, options: TextOptions): void {
  if (writer.isFull) return;
  if (isText(node)) writer.text(node.data);
  else if (isTag(node) && isRead(node, options)) writeElement(writer, node, options);
}

const isRead = (element: Element, { except }: TextOptions): boolean =>
  element !== except && !isHiddenOrNavigation(element);

function writeElement(writer: BlockWriter, element: Element, options: TextOptions): void {
  const { name } = element;
  const write = () => writeChildren(writer, element, options);
  const special = elementWriters[name];
  if (special) special({ writer, element, options, write });
  else if (blockElements.has(name)) writeBlock(writer, write);
  // Elements that a site has defined mostly stand apart on the screen.
  else if (name.includes("-")) writeAround(writer, " ", write);
  else write();
}

interface Writing {
  writer: BlockWriter;
  element: Element;
  options: TextOptions;
  /** Writes what is in the element. */
  write: () => void;
}

type ElementWriter = (writing: Writing) => void;

const heading = (level: number): ElementWriter => {
  const prefix = `${"#".repeat(level)} `;
  return ({ writer, write }) => writer.indented({ first: prefix, rest: prefix }, write);
};
const list: ElementWriter = ({ writer, element, options }) =>
  writer.tight(() => writeList(writer, element, options));
const preformatted: ElementWriter = ({ writer, element, options }) =>
  writer.preformatted(plainText(element, options));
const code: ElementWriter = ({ writer, write }) => writeAround(writer, "`", write);

const elementWriters: Record<string, ElementWriter | undefined> = {
  __proto__: null as never,
  br: ({ writer }) => writer.lineBreak(),
  hr: ({ writer }) => writer.endBlock(),
  h1: heading(1),
  h2: heading(2),
  h3: heading(3),
  h4: heading(4),
  h5: heading(5),
  h6: heading(6),
  a: ({ writer, element, options, write }) =>
    writer.link(linkOf(element.attribs.href, options.base), write),
  img({ writer, element }) {
    const text = element.attribs.alt?.trim();
    if (text) writer.text(`(image: ${text})`);
  },
  pre: preformatted,
  listing: preformatted,
  textarea: preformatted,
  code,
  kbd: code,
  samp: code,
  // Without a sign 10 to the power of 6 would be 106.
  sup: ({ writer, write }) => writeAfter(writer, "^", write),
  sub: ({ writer, write }) => writeAfter(writer, "_", write),
  q: ({ writer, write }) => writeAround(writer, '"', write),
  math({ writer, element, write }) {
    if (element.attribs.alttext) writer.text(element.attribs.alttext);
    else write();
  },
  button: ({ writer, write }) => writeAround(writer, " ", write),
  label: ({ writer, write }) => writeAround(writer, " ", write),
  blockquote: ({ writer, write }) => writer.indented({ first: "> ", rest: "> " }, write),
  ul: list,
  ol: list,
  menu: list,
  dir: list,
  li: ({ writer, write }) => writer.indented({ first: "- ", rest: "  " }, write),
  dl: ({ writer, write }) => writer.tight(write),
  dd: ({ writer, write }) => writer.indented({ first: ": ", rest: "  " }, write),
  table: ({ writer, element, options }) =>
    writeTable(writer, element, (target, node) => writeChildren(target, node, options)),
};

function writeList(writer: BlockWriter, element: Element, options: TextOptions): void {
  let number = wholeNumber(element.attribs.start) ?? 1;
  for (const child of element.children) {
    if (element.name === "ol" && isTag(child) && child.name === "li" && isRead(child, options)) {
      number = wholeNumber(child.attribs.value) ?? number;
      const first = `${number}. `;
      writer.indented({ first, rest: " ".repeat(first.length) }, () =>
        writeChildren(writer, child, options),
      );
      number += 1;
    } else writeNode(writer, child, options);
  }
}

function writeBlock(writer: BlockWriter, write: () => void): void {
  writer.endBlock();
  write();
  writer.endBlock();
}

function writeAround(writer: BlockWriter, sign: string, write: () => void): void {
  writer.text(sign);
  write();
  writer.text(sign);
}

function writeAfter(writer: BlockWriter, sign: string, write: () => void): void {
  writer.text(sign);
  write();
}

/** Returns the text as it is, for elements whose white space counts. */
function plainText(node: ParentNode, options: TextOptions): string {
  return node.children
    .map((child) => {
      if (isText(child)) return child.data;
      if (!isTag(child) || !isRead(child, options)) return "";
      if (child.name === "br") return "\n";
      const text = plainText(child, options);
      // Some sites write a line of code as a block.
      return blockElements.has(child.name) && !text.endsWith("\n") ? `${text}\n` : text;
    })
    .join("");
}

/** Returns the absolute address of a link, or an empty text for a link that leads to no other page. */
function linkOf(href: string | undefined, base: URL): string {
  if (href === undefined || href.trim().startsWith("#")) return "";
  const url = URL.parse(href, base);
  if (!url || !/^(https?|mailto|tel):$/.test(url.protocol) || url.href.length > 2_000) return "";
  return url.href.replaceAll("(", "%28").replaceAll(")", "%29");
}

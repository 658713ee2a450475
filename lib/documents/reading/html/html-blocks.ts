import { type ChildNode, type Element, isTag, isText, type ParentNode } from "domhandler";
import { formatNumber } from "#lib/documents/reading/docx/number-format.ts";
import { raisedText } from "#lib/documents/reading/office/raised-text.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { blockElements, wholeNumber } from "#lib/platform/html/block-elements.ts";
import { captionsOf, isLayoutTable, tableRows } from "#lib/platform/html/table-rows.ts";
import type { ElementLooks } from "./element-looks.ts";

/** Returns what a person reads in a part of a page. */
export function blocksOf(node: ParentNode, looks: ElementLooks): Block[] {
  const writer = new HtmlBlocks(looks);
  writer.children(node);
  writer.endBlock();
  return writer.blocks;
}

class HtmlBlocks {
  readonly blocks: Block[] = [];
  readonly #looks: ElementLooks;
  #pieces: string[] = [];
  #endsWithSpace = true;
  #headingLevel: number | undefined;
  /** The lists around the text. Their number is the depth. */
  #lists = 0;
  #marker = "";

  constructor(looks: ElementLooks) {
    this.#looks = looks;
  }

  children(node: ParentNode): void {
    for (const child of node.children) this.#node(child);
  }

  /** Ends the block. White space of any length is one space, as a browser shows it. */
  endBlock(): void {
    const text = this.#pieces
      .join("")
      .replace(/ *\n */g, "\n")
      .trim();
    this.#pieces = [];
    this.#endsWithSpace = true;
    if (text === "") return;
    if (this.#headingLevel !== undefined) {
      this.blocks.push({ kind: "heading", level: this.#headingLevel, text });
    } else if (this.#lists > 0) {
      const marker = this.#marker;
      this.#marker = "";
      this.blocks.push({ kind: "item", depth: this.#lists - 1, marker, text });
    } else this.blocks.push({ kind: "paragraph", text });
  }

  #node(node: ChildNode): void {
    if (isText(node)) {
      const { parent } = node;
      if (parent === null || !isTag(parent) || !this.#looks.hidesText(parent)) {
        this.#text(node.data);
      }
    } else if (isTag(node)) this.#element(node);
  }

  #text(text: string): void {
    const shown = text.replace(/[\t\n\f\r ]+/g, " ");
    const added = this.#endsWithSpace ? shown.trimStart() : shown;
    if (added === "") return;
    this.#pieces.push(added);
    this.#endsWithSpace = added.endsWith(" ");
  }

  #element(element: Element): void {
    const { name, attribs } = element;
    if (name === "input" && attribs.type === "checkbox" && attribs.hidden === undefined) {
      this.#text(attribs.checked === undefined ? "☐ " : "☑ ");
      return;
    }
    if (this.#looks.hides(element)) return;
    const heading = /^h([1-6])$/.exec(name)?.[1];
    if (heading) this.#heading(element, Number(heading));
    else if (name === "br") this.#lineBreak();
    else if (name === "hr") this.endBlock();
    else if (name === "table") this.#table(element);
    else if (listElements.has(name)) this.#list(element);
    else if (preformatted.has(name)) this.#code(element);
    else if (blockElements.has(name) || otherBlocks.has(name)) this.#block(element);
    else this.#inline(element);
  }

  #inline(element: Element): void {
    const { name, attribs } = element;
    if (name === "sup") this.#text(raisedText(this.#plainText(element)));
    else if (name === "q") this.#around("“", "”", element);
    // The reading of a word in another script, which a browser shows above the word.
    else if (name === "rt") this.#around("(", ")", element);
    else if (name === "rp" || attribs["data-footnote-backref"] !== undefined) return;
    // These stand apart on the screen, as most elements that a site has defined do.
    else if (name === "button" || name === "label" || name.includes("-")) {
      this.#around(" ", " ", element);
    } else this.children(element);
  }

  #around(before: string, after: string, element: Element): void {
    this.#text(before);
    this.children(element);
    this.#text(after);
  }

  #lineBreak(): void {
    this.#pieces.push("\n");
    this.#endsWithSpace = true;
  }

  #block(element: Element): void {
    this.endBlock();
    this.children(element);
    this.endBlock();
  }

  #heading(element: Element, level: number): void {
    this.endBlock();
    this.#headingLevel = level;
    this.children(element);
    this.endBlock();
    this.#headingLevel = undefined;
  }

  #list(list: Element): void {
    this.endBlock();
    const outer = this.#marker;
    this.#lists += 1;
    const items = list.children.filter((child) => isTag(child) && child.name === "li");
    const step = list.attribs.reversed === undefined ? 1 : -1;
    let number = wholeNumber(list.attribs.start) ?? (step === 1 ? 1 : items.length);
    for (const child of list.children) {
      if (!isTag(child) || child.name !== "li" || this.#looks.hides(child)) {
        this.#node(child);
        continue;
      }
      number = wholeNumber(child.attribs.value) ?? number;
      this.#marker = this.#looks.hasMarkers(list) ? markerOf(list, child, number) : "";
      this.#block(child);
      this.#marker = "";
      number += step;
    }
    this.#lists -= 1;
    this.#marker = outer;
  }

  #table(table: Element): void {
    this.endBlock();
    const isHidden = (element: Element) => this.#looks.hides(element);
    if (isLayoutTable(table, { isHidden })) {
      this.children(table);
      this.endBlock();
      return;
    }
    for (const caption of captionsOf(table, { isHidden })) this.#block(caption);
    const textOf = (cell: Element) => this.#textOfCell(cell);
    const rows = [...tableRows(table, { isHidden, textOf })];
    const header = rows[0]?.isHeader ? rows.shift()?.texts : undefined;
    const body = rows.map(({ texts }) => texts);
    this.blocks.push({ kind: "table", ...(header ? { header } : {}), rows: body });
  }

  #textOfCell(cell: Element): string {
    return blocksOf(cell, this.#looks)
      .map((block) => (block.kind === "table" ? block.rows.flat().join(" ") : textOf(block)))
      .join(" ")
      .replace(/\s+/g, " ");
  }

  #code(element: Element): void {
    this.endBlock();
    const text = this.#plainText(element).replace(/^\n/, "").trimEnd();
    if (text.trim() !== "") this.blocks.push({ kind: "code", text });
  }

  /** Returns the text as it is, for elements whose white space counts. */
  #plainText(node: ParentNode): string {
    return node.children
      .map((child) => {
        if (isText(child)) {
          return isTag(node as Element) && this.#looks.hidesText(node as Element)
            ? ""
            : child.data.replace(/\r\n?/g, "\n");
        }
        if (!isTag(child) || this.#looks.hides(child)) return "";
        if (child.name === "br") return "\n";
        const text = this.#plainText(child);
        // Some sites write a line of code as a block.
        return blockElements.has(child.name) && !text.endsWith("\n") ? `${text}\n` : text;
      })
      .join("");
  }
}

const listElements = new Set(["ul", "ol", "menu", "dir"]);
/** An item outside of a list is a paragraph. */
const otherBlocks = new Set(["blockquote", "dl", "dd", "li"]);
const preformatted = new Set(["pre", "listing", "xmp", "textarea"]);

const textOf = (block: Exclude<Block, { kind: "table" }>): string =>
  block.kind === "item" ? `${block.marker} ${block.text}` : block.text;

function markerOf(list: Element, item: Element, number: number): string {
  if (list.name !== "ol") return "•";
  const type = item.attribs.type ?? list.attribs.type ?? "1";
  if (/^[aA]$/.test(type)) return `${inCase(type, lettersOf(number))}.`;
  if (/^[iI]$/.test(type))
    return `${formatNumber(number, type === "i" ? "lowerRoman" : "upperRoman")}.`;
  return `${number}.`;
}

const inCase = (type: string, marker: string) =>
  type === type.toLowerCase() ? marker : marker.toUpperCase();

function lettersOf(number: number): string {
  if (number < 1) return String(number);
  const rest = Math.floor((number - 1) / 26);
  const letter = String.fromCodePoint(0x61 + ((number - 1) % 26));
  return rest === 0 ? letter : lettersOf(rest) + letter;
}

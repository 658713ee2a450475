import type { Nodes, Paragraph, Table } from "mdast";
import { plainText } from "#local/documentation/plain-text.ts";
import type { Document } from "#local/documentation/read-document.ts";

/** The text below one heading, up to the next heading. */
export interface Section {
  /** The file: `docs/architecture.md`. */
  path: string;
  pageTitle: string;
  /** Of this section. Empty for the text before a page's second heading. */
  heading: string;
  /** The headings around this section, without the page's title. */
  parents: string[];
  /** Without `#`; empty for the beginning of a page. */
  anchor: string;
  /** Paragraphs, list items, rows and lines of code, each on one line. */
  blocks: string[];
}

/** A longer block of code, such as a listing or a diagram, is not a text that answers a question. */
const longestCode = 200;

/** A date alone, for example, says nothing. */
const shortestText = 30;

/** Returns the sections of a page that have a text. */
export function sectionsOf({ path, title, tree, anchors }: Document): Section[] {
  const sections: Section[] = [];
  const open: { depth: number; heading: string }[] = [];
  let current = newSection("", [], "");
  function newSection(heading: string, parents: string[], anchor: string): Section {
    return { path, pageTitle: title, heading, parents, anchor, blocks: [] };
  }
  for (const node of tree.children) {
    if (node.type !== "heading" || node.depth === 1) {
      current.blocks.push(...blocksIn(node));
      continue;
    }
    sections.push(current);
    while ((open.at(-1)?.depth ?? 0) >= node.depth) open.pop();
    const parents = open.map(({ heading }) => heading);
    current = newSection(plainText(node), parents, anchors.get(node) ?? "");
    open.push({ depth: node.depth, heading: current.heading });
  }
  return [...sections, current].filter(({ blocks }) => blocks.join().length >= shortestText);
}

function blocksIn(node: Nodes): string[] {
  switch (node.type) {
    case "paragraph":
      return isMostlyLinks(node) ? [] : [plainText(node)].filter((text) => text !== "");
    case "list":
    case "listItem":
    case "blockquote":
      return node.children.flatMap(blocksIn);
    case "table":
      return rowsOf(node);
    case "code":
      return node.value.length <= longestCode && node.lang !== "mermaid"
        ? [node.value.replaceAll(/\s+/g, " ").trim()]
        : [];
    default:
      return [];
  }
}

/** A table of contents, or a line that names further pages, answers no question. */
function isMostlyLinks(paragraph: Paragraph): boolean {
  const links = paragraph.children.filter(({ type }) => type === "link").map(plainText);
  return links.join("").length > plainText(paragraph).length / 2;
}

/** A row of two columns reads like a sentence; in a wider one each cell has the name of its column. */
function rowsOf(table: Table): string[] {
  const [head, ...rows] = table.children;
  const titles = head?.children.map(plainText) ?? [];
  return rows.map(({ children: cells }) => {
    const [first = "", ...rest] = cells.map(plainText);
    const values = rest.flatMap((value, index) => {
      const title = titles[index + 1] ?? "";
      if (value === "") return [];
      return [rest.length === 1 || title === "" ? value : `${title}: ${value}`];
    });
    const row = [first, values.join("; ")].filter((part) => part !== "").join(": ");
    return /[.!?]$/.test(row) ? row : `${row}.`;
  });
}

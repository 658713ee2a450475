import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFootnoteFromMarkdown } from "mdast-util-gfm-footnote";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { setextUnderline } from "micromark-core-commonmark";
import { gfmFootnote } from "micromark-extension-gfm-footnote";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import type { Extension } from "micromark-util-types";
import { autolinkSyntax, autolinkTree } from "./autolink-syntax.ts";
import { emphasisSyntax } from "./emphasis-syntax.ts";
import { hideBars } from "./formula-bars.ts";
import { formulaSyntax, formulaTree } from "./formula-syntax.ts";

/**
 * Parses an answer's Markdown into a tree. Only this function decides how the page reads Markdown: where blocks end, and what
 * a formula or a link is.
 */
export function parseMarkdown(text: string): Root {
  const { hidden, bar } = hideBars(text);
  const tree = fromMarkdown(hidden, {
    extensions: [
      gfmFootnote(),
      gfmTable(),
      gfmTaskListItem(),
      headingSyntax,
      autolinkSyntax,
      emphasisSyntax,
      formulaSyntax,
    ],
    mdastExtensions: [
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
      ...autolinkTree(),
      formulaTree(),
    ],
  });
  if (bar !== null) restoreBars(tree, bar);
  return tree;
}

/**
 * A line of dashes below a text is a thematic break, not a heading's underline: models write breaks this way. And an
 * unfinished list starts with a dash, which would turn the line above into a heading for a moment.
 */
const headingSyntax: Extension = {
  disable: { null: ["setextUnderline"] },
  flow: { 61: { ...setextUnderline, name: "headingUnderline" } },
};

function restoreBars(node: Nodes, bar: string): void {
  for (const [name, value] of Object.entries(node)) {
    if (typeof value === "string") Reflect.set(node, name, value.replaceAll(bar, "|"));
  }
  if ("children" in node) for (const child of node.children) restoreBars(child, bar);
}

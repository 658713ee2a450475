import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { codeIndented, setextUnderline } from "micromark-core-commonmark";
import { gfmTable } from "micromark-extension-gfm-table";
import { gfmTaskListItem } from "micromark-extension-gfm-task-list-item";
import type { Construct, Extension, State } from "micromark-util-types";
import { autolinkSyntax, autolinkTree } from "./autolink-syntax.ts";
import { emphasisSyntax } from "./emphasis-syntax.ts";
import { readRareMarkdown } from "./rare-markdown-store.ts";

/**
 * Parses an answer's Markdown into a tree. Only this function decides how the page reads Markdown: where blocks end, and what
 * a formula or a link is. Formulas, footnotes and most named characters are text until `loadRareMarkdown` has run.
 */
export function parseMarkdown(text: string): Root {
  const rare = readRareMarkdown();
  const { hidden, bar } = rare?.hideBars(text) ?? { hidden: text, bar: null };
  const tree = fromMarkdown(hidden, {
    extensions: [
      ...(rare ? [rare.footnoteSyntax] : []),
      gfmTable(),
      gfmTaskListItem(),
      headingSyntax,
      indentedCodeSyntax,
      autolinkSyntax,
      emphasisSyntax,
      ...(rare ? [rare.formulaSyntax] : []),
    ],
    mdastExtensions: [
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
      gfmTaskListItemFromMarkdown(),
      ...autolinkTree(),
      ...(rare?.trees() ?? []),
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

/**
 * Indented code that any list may follow. micromark 4.0.3 takes the code for a paragraph, which `1.` and `2. a` cannot
 * interrupt (CommonMark 0.31, 5.2). The start of an answer would depend on where its parsing began.
 */
const indentedCode: Construct = {
  name: "indentedCode",
  tokenize(effects, ok, nok) {
    // micromark's own flag for a block that any other block may interrupt.
    const withFlag = (isCode: boolean, next: State): State => {
      return (code) => {
        this._gfmTableDynamicInterruptHack = isCode;
        return next(code);
      };
    };
    const { tokenize } = codeIndented;
    return withFlag(true, tokenize.call(this, effects, withFlag(false, ok), withFlag(false, nok)));
  },
};

const indentedCodeSyntax: Extension = {
  disable: { null: ["codeIndented"] },
  flowInitial: { [-2]: indentedCode, [-1]: indentedCode, 32: indentedCode },
};

function restoreBars(node: Nodes, bar: string): void {
  for (const [name, value] of Object.entries(node)) {
    if (typeof value === "string") Reflect.set(node, name, value.replaceAll(bar, "|"));
  }
  if ("children" in node) for (const child of node.children) restoreBars(child, bar);
}

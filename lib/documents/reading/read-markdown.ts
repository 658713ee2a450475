import { micromark } from "micromark";
import {
  gfmAutolinkLiteral,
  gfmAutolinkLiteralHtml,
} from "micromark-extension-gfm-autolink-literal";
import { gfmFootnote, gfmFootnoteHtml } from "micromark-extension-gfm-footnote";
import { gfmStrikethrough, gfmStrikethroughHtml } from "micromark-extension-gfm-strikethrough";
import { gfmTable, gfmTableHtml } from "micromark-extension-gfm-table";
import { gfmTaskListItem, gfmTaskListItemHtml } from "micromark-extension-gfm-task-list-item";
import { decodeDocument } from "./decode-document.ts";
import { moreThan } from "./document-file.ts";
import type { Block, Reader } from "./read-document.ts";
import { readHtmlText } from "./read-html.ts";

/** Reads Markdown as GitHub shows it: by way of HTML, so that HTML inside a text is read, or hidden, as a browser does. */
export const readMarkdown: Reader = async ({ bytes }, limits) => {
  const { text, notes } = decodeDocument(bytes);
  if (text.length > limits.characters) throw moreThan(limits.characters, "characters");
  const { properties, body } = splitProperties(text);
  const html = micromark(body, {
    allowDangerousHtml: true,
    extensions: [
      ...[gfmAutolinkLiteral(), gfmFootnote(), gfmStrikethrough(), gfmTable()],
      gfmTaskListItem(),
    ],
    htmlExtensions: [
      gfmAutolinkLiteralHtml(),
      // The notes have no heading in the file.
      gfmFootnoteHtml({ labelAttributes: "hidden" }),
      ...[gfmStrikethroughHtml(), gfmTableHtml(), gfmTaskListItemHtml()],
    ],
  });
  const { blocks } = readHtmlText(html, limits);
  const title = /^title:\s*(["']?)(.+)\1\s*$/im.exec(properties)?.[2];
  return {
    ...(title === undefined ? {} : { title }),
    parts: [{ number: 1, kind: "section", blocks: [...propertyBlocks(properties), ...blocks] }],
    notes,
  };
};

/** Splits off the properties that a file may begin with: lines of YAML between two lines of dashes. */
function splitProperties(text: string): { properties: string; body: string } {
  const front = /^\s*---[^\S\n]*\r?\n([\w-]+:[\s\S]*?\r?\n)(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)/.exec(
    text,
  );
  if (!front) return { properties: "", body: text };
  return { properties: front[1]?.trimEnd() ?? "", body: text.slice(front[0].length) };
}

const propertyBlocks = (properties: string): Block[] =>
  properties === "" ? [] : [{ kind: "code", text: properties }];

import type { Nodes, Parents, Root, Table } from "mdast";
import type { ReadingTexts } from "#frontend/texts/reading-english.ts";
import { plainTextOf } from "./plain-text-of.ts";

/** UTF-16 units. Some browsers fall silent in a longer utterance. */
const longestUtterance = 200;

/**
 * Returns an answer as a voice should say it, in utterances: without Markdown, with code, formulas and images announced instead
 * of spelled, and tables row by row.
 */
export function spokenText(
  { children }: Root,
  texts: ReadingTexts["aloud"],
  language: string,
): string[] {
  return children
    .flatMap((block) => speakBlock(block, texts))
    .flatMap((block) => utterances(block, language));
}

type Words = ReadingTexts["aloud"];

/** Returns the paragraphs of a block. */
function speakBlock(node: Nodes, texts: Words): string[] {
  switch (node.type) {
    case "code":
      return [texts.code(node.lang ?? "", node.value.split("\n").length)];
    case "formulaBlock":
      return [texts.formula];
    case "table":
      return speakTable(node, texts);
    case "paragraph":
    case "heading":
      return [speakInline(node, texts)];
    case "html":
    case "definition":
    case "thematicBreak":
      return [];
    default:
      return "children" in node ? node.children.flatMap((child) => speakBlock(child, texts)) : [];
  }
}

/** Says the head of each column before its cell: a listener cannot look up. */
function speakTable({ children: [head, ...rows] }: Table, texts: Words): string[] {
  const names = head?.children.map((cell) => speakInline(cell, texts)) ?? [];
  return rows.map(({ children }) =>
    children
      .map((cell, index) => [names[index], speakInline(cell, texts)].filter(Boolean).join(": "))
      .join("; "),
  );
}

function speakInline(node: Parents, texts: Words): string {
  const parts = node.children.map((child) => {
    if (child.type === "formula") return texts.formula;
    if (child.type === "image" || child.type === "imageReference") return child.alt || texts.image;
    if (child.type === "footnoteReference" || child.type === "html") return " ";
    if (child.type === "text") return withoutNoise(child.value);
    return "children" in child ? speakInline(child, texts) : plainTextOf(child);
  });
  return parts.join("").replace(/\s+/g, " ").trim();
}

/** Removes the numbers of sources. Of an address only the host is spoken. */
const withoutNoise = (text: string) =>
  text
    .replace(/ ?\[\d{1,3}(?:[,;] ?\d{1,3})*\]/g, "")
    .replace(/https?:\/\/(?:www\.)?([^\s/]+)\S*/g, "$1");

/** Cuts a paragraph after sentences, and a long sentence after words. */
function utterances(paragraph: string, language: string): string[] {
  const pieces: string[] = [];
  for (const granularity of ["sentence", "word"] as const) {
    const whole = granularity === "sentence" ? [paragraph] : pieces.splice(0);
    for (const text of whole) {
      if (text.length <= longestUtterance) {
        if (/[\p{L}\p{N}]/u.test(text)) pieces.push(text.trim());
        continue;
      }
      let piece = "";
      for (const { segment } of new Intl.Segmenter(language, { granularity }).segment(text)) {
        if (piece !== "" && piece.length + segment.length > longestUtterance) {
          pieces.push(piece.trim());
          piece = "";
        }
        piece += segment;
      }
      pieces.push(piece.trim());
    }
  }
  return pieces.filter((piece) => piece !== "");
}

import { getDocumentProxy } from "unpdf";
import { DocumentFault, moreThan, type ReadLimits } from "./document-file.ts";
import { numberRanges } from "./number-ranges.ts";
import { flowBlocks, joinLines, type Typography } from "./pdf/page-blocks.ts";
import { pageColumns } from "./pdf/page-columns.ts";
import { type Line, linesOf, pageSegments } from "./pdf/page-lines.ts";
import { withoutRepeatedMargins } from "./pdf/page-margins.ts";
import { type PageWords, pageWords } from "./pdf/page-words.ts";
import type { Block, Part, Reader } from "./read-document.ts";

/**
 * Reads a PDF page by page: columns one after another, rows of tables, headings by their size. What nobody sees on a page is left out:
 * text in the color of its background, outside the page, behind a rectangle, on a hidden layer.
 */
export const readPdf: Reader = async ({ bytes }, limits) => {
  const pages: ReadPage[] = [];
  const withUnseenText: number[] = [];
  const document = await openDocument(bytes, limits);
  try {
    const layers = await document.getOptionalContentConfig();
    let characters = 0;
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      const words = await pageWords(page, (group) => layers.isVisible(group as never) !== false);
      page.cleanup();
      if (words.hasUnseenText) withUnseenText.push(number);
      characters += words.words.reduce((sum, { text }) => sum + text.length, 0);
      if (characters > limits.characters) throw moreThan(limits.characters, "characters");
      pages.push(readPage(words));
    }
  } finally {
    await document.loadingTask.destroy();
  }
  const parts = partsOf(pages);
  const title = parts[0]?.blocks.slice(0, 3).find((block) => block.kind === "heading");
  return {
    ...(title?.level === 1 ? { title: title.text } : {}),
    parts,
    notes: notesOf(parts, withUnseenText),
  };
};

async function openDocument(bytes: Uint8Array, { pages }: ReadLimits) {
  try {
    // pdf.js empties the array that it gets. It would fetch a picture's pixels only to have them drawn.
    const document = await getDocumentProxy(bytes.slice(), {
      verbosity: 0,
      maxImageSize: 1,
      BinaryDataFactory: CharacterMapFactory,
    });
    if (document.numPages <= pages) return document;
    await document.loadingTask.destroy();
    throw moreThan(pages, "pages");
  } catch (error) {
    if (error instanceof DocumentFault) throw error;
    if (error instanceof Error && error.name === "PasswordException")
      throw new DocumentFault("The file is protected by a password.", { cause: error });
    throw new DocumentFault("The file is damaged: its pages cannot be read.", { cause: error });
  }
}

/** pdf.js asks for what it does not hold itself. It needs no font to tell which letters a text has. */
class CharacterMapFactory {
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    if (kind !== "cMapUrl") throw new Error(`There is no ${filename}.`);
    const { readCharacterMap } = await import("./pdf/character-maps.ts");
    return await readCharacterMap(filename);
  }
}

interface ReadPage {
  lines: Line[];
  turned: Line[];
  rules: PageWords["rules"];
  height: number;
}

function readPage(words: PageWords): ReadPage {
  const { upright, turned } = pageSegments(words);
  return {
    lines: linesOf(upright),
    turned: linesOf(turned),
    rules: words.rules,
    height: words.height,
  };
}

function partsOf(pages: ReadPage[]): Part[] {
  const kept = withoutRepeatedMargins(pages);
  const typography = typographyOf(kept.flat());
  return pages.map(({ turned, rules }, index) => {
    const segments = (kept[index] ?? []).flatMap((line) => line.segments);
    const flows = [...pageColumns(segments, rules), ...(turned.length > 0 ? [turned] : [])];
    const blocks = joinFlows(
      flows.map((flow) => flowBlocks(flow, rules, typography)),
      typography,
    );
    return { number: index + 1, kind: "page", blocks };
  });
}

/** A paragraph may go on in the next column. */
function joinFlows(flows: Block[][], { words }: Typography): Block[] {
  const blocks: Block[] = [];
  for (const [first, ...others] of flows) {
    const last = blocks.at(-1);
    const isOpen = last?.kind === "paragraph" && !/[.!?:…。！？]["”»)\]]?$/.test(last.text);
    if (isOpen && first?.kind === "paragraph" && /^\p{Ll}/u.test(first.text))
      blocks[blocks.length - 1] = { ...last, text: joinLines([last.text, first.text], words) };
    else if (first) blocks.push(first);
    blocks.push(...others);
  }
  return blocks;
}

/** A heading is larger than the text by an eighth. */
const headingRatio = 1.12;

function typographyOf(lines: Line[]): Typography {
  const letters = new Map<number, number>();
  const words = new Set<string>();
  for (const { segments } of lines) {
    for (const { size, text } of segments) {
      const rounded = Math.round(size * 2) / 2;
      letters.set(rounded, (letters.get(rounded) ?? 0) + text.length);
      for (const word of text.match(/[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)*/gu) ?? [])
        words.add(word.toLowerCase());
    }
  }
  const bodySize = [...letters].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 10;
  const headingSizes = [...letters.keys()]
    .filter((size) => size >= bodySize * headingRatio)
    .sort((a, b) => b - a);
  return { bodySize, headingSizes, words };
}

function notesOf(parts: Part[], withUnseenText: number[]): string[] {
  const empty = parts.filter(({ blocks }) => blocks.length === 0).map(({ number }) => number);
  if (empty.length === parts.length)
    throw new DocumentFault("The file holds no text. Its pages are probably scanned.");
  const notes: string[] = [];
  if (empty.length > 0) {
    const pages = numberRanges("Page", empty);
    notes.push(
      empty.length === 1
        ? `${pages} holds no text. It is probably scanned.`
        : `${pages} hold no text. They are probably scanned.`,
    );
  }
  if (withUnseenText.length > 0)
    notes.push(`Text that cannot be seen on ${numberRanges("page", withUnseenText)} was left out.`);
  return notes;
}

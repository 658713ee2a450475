import { getResolvedPDFJS } from "unpdf";
import type { Area } from "./matrix.ts";
import { PagePainter, type PdfPage } from "./page-painter.ts";
import { paintedBullets } from "./painted-bullets.ts";
import type { Word } from "./word.ts";

export interface PageWords {
  words: Word[];
  /** Horizontal lines, which divide the rows of tables. */
  rules: Area[];
  width: number;
  height: number;
  hasUnseenText: boolean;
}

/**
 * Returns the words that a person sees on a page. Runs the page's operators rather than take pdf.js' getTextContent, which tells neither
 * color nor rendering mode, joins runs of several colors, and turns wide letter spacing into blanks.
 */
export async function pageWords(
  page: PdfPage,
  isLayerVisible: (group: unknown) => boolean,
): Promise<PageWords> {
  const { OPS } = await getResolvedPDFJS();
  const viewport = page.getViewport({ scale: 1 });
  const { fnArray, argsArray } = await page.getOperatorList();
  const painter = new PagePainter(page, OPS, viewport, isLayerVisible);
  fnArray.forEach((operator, index) => {
    painter.run(operator, (argsArray[index] ?? []) as unknown[]);
  });
  const { words, hasUnseenText } = painter.seenWords();
  words.push(...paintedBullets(painter.dots, words));
  return {
    words,
    rules: painter.rules,
    width: viewport.width,
    height: viewport.height,
    hasUnseenText,
  };
}

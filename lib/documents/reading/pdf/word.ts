/** A run of glyphs without a gap. In points from the page's upper left corner, as the page is shown; y grows downwards. */
export interface Word {
  text: string;
  left: number;
  right: number;
  baseline: number;
  size: number;
  isBold: boolean;
  /** 0, 90, 180 or 270 degrees clockwise. */
  turn: number;
  /** The file has a blank after the word, however narrow it is. */
  hasBlankAfter: boolean;
}

/** A word as the page was painted, before it is known whether a person sees the word. */
export interface PaintedWord extends Word {
  isUnseen: boolean;
  /** Painted in no color, as the text behind a scanned page is. */
  isPaintless: boolean;
}

/** In parts of the size. A narrow blank has about 0.2. */
const wordGap = 0.15;

/** Returns whether a glyph belongs to the word before. */
export function continues(last: PaintedWord, word: PaintedWord, spacing: number): boolean {
  const gap = word.left - last.right - Math.max(0, spacing);
  return (
    !last.hasBlankAfter &&
    last.turn === word.turn &&
    last.isBold === word.isBold &&
    last.isUnseen === word.isUnseen &&
    last.isPaintless === word.isPaintless &&
    Math.abs(last.size - word.size) < 0.1 * word.size &&
    Math.abs(last.baseline - word.baseline) < 0.1 * word.size &&
    gap < wordGap * word.size &&
    gap > -0.5 * word.size
  );
}

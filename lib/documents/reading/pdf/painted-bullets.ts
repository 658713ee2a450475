import type { Area } from "./matrix.ts";
import type { Word } from "./word.ts";

/** Browsers paint the bullets of a list. A bullet stands alone before the first word of a line. */
export function paintedBullets(dots: Area[], words: Word[]): Word[] {
  return dots.flatMap((dot) => {
    const y = (dot.top + dot.bottom) / 2;
    const line = words.filter(
      ({ turn, baseline, size }) => turn === 0 && y < baseline && y > baseline - size,
    );
    const next = line.find(({ left, size }) => left > dot.right && left - dot.right < 2.5 * size);
    const isFirst = next && !line.some(({ right }) => right < dot.right && right > dot.left - 20);
    return isFirst
      ? [{ ...next, text: "•", left: dot.left, right: dot.right, hasBlankAfter: true }]
      : [];
  });
}

/** Returns whether a shape may be a bullet: small, and as wide as high. */
export function isDot({ left, top, right, bottom }: Area): boolean {
  const width = right - left;
  return width > 1.5 && width < 8 && Math.abs(width - (bottom - top)) < 0.2 * width;
}

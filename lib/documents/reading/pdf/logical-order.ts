const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const leftToRight = /[^\P{L}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|\p{Nd}/u;
const mirrored: Record<string, string> = {
  "(": ")",
  ")": "(",
  "[": "]",
  "]": "[",
  "«": "»",
  "»": "«",
};

interface Run {
  text: string;
  isReversed: boolean;
}

/** Returns whether a text is mostly Arabic or Hebrew. */
export function isRightToLeft(text: string): boolean {
  let balance = 0;
  for (const letter of text) {
    if (rightToLeft.test(letter)) balance += 1;
    else if (/\p{L}/u.test(letter)) balance -= 1;
  }
  return balance > 0;
}

/**
 * Returns a line of a page, whose glyphs stand from the left to the right, in the order in which a person reads them. A part of
 * the Unicode Bidirectional Algorithm, the other way round: numbers and Latin words keep their direction.
 */
export function logicalOrder(visual: string): string {
  if (!rightToLeft.test(visual)) return visual;
  const isReversed = isRightToLeft(visual);
  const runs: Run[] = [];
  for (const letter of clusters(visual)) {
    const last = runs.at(-1);
    const strong = rightToLeft.test(letter) ? true : leftToRight.test(letter) ? false : undefined;
    if (last && (strong === undefined || strong === last.isReversed)) last.text += letter;
    else runs.push({ text: letter, isReversed: strong ?? isReversed });
  }
  const ordered = runs
    .flatMap((run) => splitNeutral(run, isReversed))
    .map((run) => (run.isReversed ? reverse(run.text) : run.text));
  return (isReversed ? ordered.reverse() : ordered).join("");
}

/** Blanks and punctuation between runs of two directions belong to the direction of the line. */
function splitNeutral(run: Run, isLineReversed: boolean): Run[] {
  if (run.isReversed === isLineReversed) return [run];
  const [, begin = "", middle = "", end = ""] =
    /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}%]*)$/su.exec(run.text) ?? [];
  const neutral = (text: string) => ({ text, isReversed: isLineReversed });
  return [neutral(begin), { text: middle, isReversed: run.isReversed }, neutral(end)];
}

const reverse = (text: string): string =>
  [...clusters(text)]
    .reverse()
    .map((letter) => mirrored[letter] ?? letter)
    .join("");

/** A letter with its marks. */
const clusters = (text: string): string[] => text.match(/[^\p{M}]\p{M}*|\p{M}/gu) ?? [];

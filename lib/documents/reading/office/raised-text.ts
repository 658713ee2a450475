const raised: Record<string, string> = Object.fromEntries(
  [..."0123456789+-−=()nixvlc"].map((letter, index) => [
    letter,
    [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣᵛˡᶜ"][index] ?? letter,
  ]),
);

/**
 * Returns a superscript as plain text: 10⁶ is not 106. Letters as in 1st stay as they are, because nobody would find "1ˢᵗ".
 */
export function raisedText(text: string): string {
  return /^[\d+\-−=()]+$|^[ni]$/.test(text.trim()) ? raiseAll(text) : text;
}

/** Returns the mark of a note, which is a decimal or a Roman number. Another mark stays as it is. */
export const raisedMark = (mark: string): string =>
  /^[\divxlc]+$/.test(mark) ? raiseAll(mark) : mark;

const raiseAll = (text: string): string =>
  [...text].map((letter) => raised[letter] ?? letter).join("");

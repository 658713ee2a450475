import type { Range } from "./find-words.ts";

const maxWords = 400;
const maxUnits = 300;
/** Scripts without spaces are compared by character. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;

interface Word extends Range {
  form: string;
}

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(word)].slice(0, maxWords).map(({ 0: found, index }) => ({
    form: found.normalize("NFKC").toLowerCase(),
    start: index,
    end: index + found.length,
  }));

/** Returns the longest run of words that a quotation shares with one of the texts, as the text has it. Undefined for less than two words. */
export function longestRun(quotation: string, texts: readonly string[]): string | undefined {
  const quoted = wordsOf(quotation);
  let best = "";
  let bestLength = 1;
  for (const text of texts) {
    const words = wordsOf(text);
    /** By position in the quotation: how many words up to there equal those up to the text's word before. */
    let before = new Uint16Array(quoted.length + 1);
    for (const [at, { form, end }] of words.entries()) {
      const lengths = new Uint16Array(quoted.length + 1);
      for (const [position, one] of quoted.entries()) {
        if (one.form !== form) continue;
        const length = (before[position] ?? 0) + 1;
        lengths[position + 1] = length;
        if (length <= bestLength) continue;
        bestLength = length;
        best = text.slice(words[at - length + 1]?.start ?? 0, end);
      }
      before = lengths;
    }
  }
  return best === "" ? undefined : best.slice(0, maxUnits).toWellFormed();
}

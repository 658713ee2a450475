import type { Code } from "micromark-util-types";

/**
 * True for a letter of a script other than Latin, Greek and Cyrillic: of scripts that stand no spaces between words, or
 * whose marks touch the words around them. Half of a surrogate pair counts as one.
 */
export function isForeignLetter(code: Code): boolean {
  return code !== null && code > 0x52f && foreignLetter.test(String.fromCharCode(code));
}

/** True for punctuation that belongs to such a script: `：`, `」`, `।`, `؟`. Dashes and curly quotes belong to all. */
export function isForeignPunctuation(code: Code): boolean {
  if (code === null || code < 0x52f || (code >= 0x2000 && code < 0x2e80)) return false;
  return punctuation.test(String.fromCharCode(code));
}

const foreignLetter =
  /(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic})[\p{L}\p{M}\p{N}\p{Cs}]/u;
const punctuation = /[\p{P}\p{S}]/u;

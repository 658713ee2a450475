import type { Code } from "micromark-util-types";

/**
 * Returns whether a character is a letter of a script other than Latin, Greek and Cyrillic. Many of these scripts have no
 * spaces between words. Half of a surrogate pair counts as a letter.
 */
export function isForeignLetter(code: Code): boolean {
  return code !== null && code > 0x52f && foreignLetter.test(String.fromCharCode(code));
}

/** Returns whether a character is punctuation of such a script: `：`, `」`, `।`, `؟`. All scripts share dashes and curly quotes. */
export function isForeignPunctuation(code: Code): boolean {
  if (code === null || code < 0x52f || (code >= 0x2000 && code < 0x2e80)) return false;
  return punctuation.test(String.fromCharCode(code));
}

const foreignLetter =
  /(?!\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic})[\p{L}\p{M}\p{N}\p{Cs}]/u;
const punctuation = /[\p{P}\p{S}]/u;

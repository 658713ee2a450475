/** The source of one formula. */
export interface FormulaSource {
  /** The source with its delimiters. */
  text: string;
  /** The TeX between the delimiters; null while the closing delimiter is missing. */
  tex: string | null;
  /** The formula gets its own line. */
  isDisplay: boolean;
}

/** Returns the formula at the start of a text, and the `rest` after the formula. */
export function readFormula(text: string): { formula: FormulaSource; rest: string } {
  const isDisplay = text.startsWith("\\[") || text.startsWith("$$");
  const width = text.startsWith("$") && !isDisplay ? 1 : 2;
  const closing = closings[text.slice(0, width)] ?? "";
  const end = indexOfClosing(text, closing, width);
  if (end === -1) return { formula: { text, tex: null, isDisplay }, rest: "" };
  const tex = text.slice(width, end);
  return {
    formula: { text: text.slice(0, end + closing.length), tex, isDisplay },
    rest: text.slice(end + closing.length),
  };
}

/** Returns the index of the closing delimiter, or -1. Skips the character after a backslash. */
function indexOfClosing(text: string, closing: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith(closing, index)) return index;
    if (text[index] === "\\") index += 1;
  }
  return -1;
}

const closings: Record<string, string> = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" };

/**
 * Returns whether a dollar after the character `before` can open a formula. Pandoc's rule, and: a dollar after a letter, a
 * digit or a closing bracket ends a price or a pattern (`5$`, `[a-z]$`).
 */
export function canOpenDollar(before: string): boolean {
  return !isWordCharacter(before) && !/[$\\/\])}^+?]/.test(before);
}

/**
 * Returns whether `text` (with delimiters, followed by the character `after`) is a formula, and not money, variables of a shell
 * or a program, or words in escaped brackets.
 */
export function isFormula(text: string, after: string): boolean {
  if (text.startsWith("\\")) return !isProse(text.slice(2, -2));
  if (text.startsWith("$$")) {
    const tex = text.slice(2, -2);
    return tex.trim() !== "" && !/^[;,.:!?)]/.test(tex) && !isWords(tex) && !isProse(tex);
  }
  const tex = text.slice(1, -1);
  return (
    !/^\s|\s$/.test(tex) &&
    !isWordCharacter(after) &&
    !/[({$]/.test(after) &&
    !tex.includes("](") &&
    !isBesideVariable(tex) &&
    !isPrice(tex) &&
    !isProse(tex)
  );
}

/** Text between two dollars of a program or a pattern: `$.ajax/$.get`, `$@:$<`, `$p;$!d`, `${a}$`. */
const isBesideVariable = (tex: string) =>
  /^(?:[,;:!?/)\]}]|\.(?!\d)|\{[A-Za-z_]\w*\}$)|(?<!\\)[:;/@([{<>]$|^[#?@*]+$/.test(tex);

/** A number followed by a word, or by words anywhere: `$5 to US$`, `$20 a month (A$)`. */
function isPrice(tex: string): boolean {
  if (!/^\d/.test(tex)) return false;
  const text = withoutCommands(tex);
  return (
    /^\d[\d.,]*\p{L}?\s+(?:\p{L}\s+)?\p{L}{2}/u.test(text) ||
    /(?<!\p{L})\p{L}{2,}\s+\p{L}{2}/u.test(text)
  );
}

/** Words between spaces, as in `the $$ sign and the $$ sign`. */
const isWords = (tex: string) => /^\s[\p{L}\s]*\s$/u.test(tex) && /\p{L}{2,}/u.test(tex);

/** Two words or more, and no character of a formula. */
const isProse = (tex: string) =>
  /^[\p{L}\p{M}\s.,;:!?'’"“”-]*$/u.test(tex) && (tex.match(/\p{L}{3,}/gu) ?? []).length > 1;

/** Removes the words that belong to TeX: commands and their groups, such as `\text{if}` and `\mathrm{kg}`. */
const withoutCommands = (tex: string) => tex.replace(/\\[a-z]+(?:\s*\{[^{}]*\})?/gi, "");

/** A digit, or a letter of a script with spaces between words. In other scripts a formula may touch the words around it. */
const isWordCharacter = (sign: string) =>
  /[\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(sign);

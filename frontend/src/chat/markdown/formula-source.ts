/** One formula as it was written. */
export interface FormulaSource {
  /** With its delimiters. */
  text: string;
  /** Between them; null while the formula is being written. */
  tex: string | null;
  /** On a line of its own. */
  isDisplay: boolean;
}

/** The formula at the beginning of a text; `rest` is what follows its end. */
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

/** A backslash takes the next sign with it, unless both are the end. */
function indexOfClosing(text: string, closing: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith(closing, index)) return index;
    if (text[index] === "\\") index += 1;
  }
  return -1;
}

const closings: Record<string, string> = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" };

/**
 * True if a dollar after `before` can begin a formula. Pandoc's rule, plus: a dollar after a word, a figure or a closing
 * bracket is the end of a price or of a pattern (`5$`, `[a-z]$`).
 */
export function canOpenDollar(before: string): boolean {
  return !isWordSign(before) && !/[$\\/\])}^+?]/.test(before);
}

/**
 * True if `text`, from opening to closing delimiter and followed by `after`, is a formula and not money, a shell's or a
 * program's variables, or words in escaped brackets.
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
    !isWordSign(after) &&
    !/[({$]/.test(after) &&
    !tex.includes("](") &&
    !isBesideVariable(tex) &&
    !isPrice(tex) &&
    !isProse(tex)
  );
}

/** What stands between two dollars of a program or a pattern: `$.ajax/$.get`, `$@:$<`, `$p;$!d`, `${a}$`. */
const isBesideVariable = (tex: string) =>
  /^(?:[,;:!?/)\]}]|\.(?!\d)|\{[A-Za-z_]\w*\}$)|(?<!\\)[:;/@([{<>]$|^[#?@*]+$/.test(tex);

/** A figure with a word behind it, or with words anywhere: `$5 to US$`, `$20 a month (A$)`. */
function isPrice(tex: string): boolean {
  if (!/^\d/.test(tex)) return false;
  const text = withoutCommands(tex);
  return (
    /^\d[\d.,]*\p{L}?\s+(?:\p{L}\s+)?\p{L}{2}/u.test(text) ||
    /(?<!\p{L})\p{L}{2,}\s+\p{L}{2}/u.test(text)
  );
}

/** Words between spaces, as between the signs in `the $$ sign and the $$ sign`. */
const isWords = (tex: string) => /^\s[\p{L}\s]*\s$/u.test(tex) && /\p{L}{2,}/u.test(tex);

/** Two words or more, and nothing that a formula is made of. */
const isProse = (tex: string) =>
  /^[\p{L}\p{M}\s.,;:!?'’"“”-]*$/u.test(tex) && (tex.match(/\p{L}{3,}/gu) ?? []).length > 1;

/** TeX has words in commands and in their groups: `\text{if}`, `\mathrm{kg}`. */
const withoutCommands = (tex: string) => tex.replace(/\\[a-z]+(?:\s*\{[^{}]*\})?/gi, "");

/** Letters of scripts that stand spaces between words. In others a formula may touch the words around it. */
const isWordSign = (sign: string) =>
  /[\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(sign);

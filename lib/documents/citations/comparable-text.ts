/**
 * What separates a unit from the unit before it. `hyphen`: inside a word, as in "twenty-five". `hyphenated`: a hyphen at the end of a
 * line, which may be part of the word or not.
 */
export type Gap = "none" | "space" | "dash" | "hyphen" | "hyphenated";

/**
 * A text without the differences that a quotation may have from its source: white space, typography, Markdown and Unicode forms.
 * Letters, digits and the order of both are kept, and so are negations.
 */
export interface ComparableText {
  units: string;
  /** By position in `units`: where the unit comes from in the original text, and its gap to the unit before. */
  starts: number[];
  ends: number[];
  gaps: Gap[];
}

/**
 * Returns the comparable form of a text.
 *
 *     „Die Kündi-↵gungsfrist …“  →  Die|Kündigungsfrist|...      | a gap, with ü as u and its mark
 */
export function comparableText(text: string): ComparableText {
  const result: ComparableText = { units: "", starts: [], ends: [], gaps: [] };
  const units: string[] = [];
  let gap: Gap = "none";
  let isLineStart = true;

  const emit = (form: string, start: number, end: number) => {
    for (const unit of form.split("")) {
      units.push(unit);
      result.starts.push(start);
      result.ends.push(end);
      result.gaps.push(units.length === 1 ? "none" : gap);
      gap = "none";
    }
    isLineStart = false;
  };

  for (let at = 0; at < text.length; ) {
    const skipped = lengthOfMarkup(text, at, isLineStart);
    if (skipped > 0) {
      if (gap === "none" && /^(?:<br|[-+•‣▪◦])/i.test(text.slice(at, at + 3))) gap = "space";
      at += skipped;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = at + character.length;
    const before = units.at(-1) ?? "";
    if (unseen.test(character)) {
      if (character === softHyphen && endsLine(text, end)) gap = "hyphenated";
    } else if (space.test(character)) {
      if (gap === "none" && before !== "-") gap = "space";
      if (character === "\n") isLineStart = true;
    } else if (dash.test(character)) {
      const isInWords = letter.test(before) && letter.test(nextSeen(text, end));
      if (isInWords) {
        const mayDivide: boolean = gap === "none" && hyphen.test(character) && endsLine(text, end);
        const isInWord = hyphen.test(character) && isBetweenLetters(text, at, end);
        gap = mayDivide ? "hyphenated" : isInWord ? "hyphen" : "dash";
      } else if (isSign(text, at)) {
        emit(minus, at, end);
      } else if (before !== "-") {
        // A dash beside a digit stays, whatever space is around it: "5 – 10" is "5-10".
        gap = "none";
        emit("-", at, end);
      }
    } else if (quotationMark.test(character)) {
      if (before !== "'" || gap !== "none") emit("'", at, end);
      else result.ends[result.ends.length - 1] = end;
    } else if (isEmphasis(character, before, text[end] ?? "")) {
      isLineStart = false;
    } else {
      emit(formOf(character), at, end);
    }
    at = end;
  }
  result.units = units.join("");
  return result;
}

/** Whether a quotation with one gap may stand for a source with the other. */
export const gapsAgree = (one: Gap, other: Gap): boolean =>
  one === other ||
  (isDash(one) && isDash(other)) ||
  (one === "hyphenated" && other !== "space") ||
  (other === "hyphenated" && one !== "space");

const isDash = (gap: Gap) => gap === "dash" || gap === "hyphen";

const isBetweenLetters = (text: string, at: number, end: number): boolean =>
  letter.test(text[at - 1] ?? "") && letter.test(text[end] ?? "");

/** A dash before a digit, and not after a word or a number. */
const isSign = (text: string, at: number): boolean =>
  digit.test(text[at + 1] ?? "") && !/[\p{L}\p{M}\p{N})]/u.test(text[at - 1] ?? "");

/** The sign of a number. Every other dash is a hyphen. */
export const minus = "\u2212";
const softHyphen = "\u00ad";
/** Joiners, marks of direction and variation selectors. */
const unseen =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\ufe00-\ufe0f]/;
/** A table's cells are apart, as its rows are. */
const space = /[\s|]/;
const hyphen = /[-\u2010\u2011]/;
const dash = /[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;
const quotationMark =
  /["'´\u2018-\u201f\u2032-\u2036\u2039\u203a\u00ab\u00bb\u300c-\u300f\u301d-\u301f\uff02\uff07]/;
const letter = /[\p{L}\p{M}]/u;
const wordUnit = /[\p{L}\p{M}\p{N}]/u;
const digit = /\p{Nd}/u;

const endsLine = (text: string, from: number): boolean =>
  /^[^\S\n]*\n/.test(text.slice(from, from + 20));

/** Returns the next character that a reader sees, or an empty text. */
const nextSeen = (text: string, from: number): string =>
  /[^\s\u00ad\u200b-\u200f\u2060]/u.exec(text.slice(from, from + 80))?.[0] ?? "";

/** Marks of emphasis and of links. A star between digits multiplies, and a low line in a word is part of a name. */
function isEmphasis(character: string, before: string, next: string): boolean {
  if (character === "[" || character === "]" || character === "`") return true;
  if (character === "*") return !(digit.test(before) && digit.test(next));
  if (character === "_") return !(wordUnit.test(before) && wordUnit.test(next));
  return character === "\\" && /[!-/:-@[-`{-~]/.test(next);
}

const mayBeMarkup = /[-#>+•‣▪◦<~\]]/;
const lineMarkup = /(?:#{1,6}[ \t]+|>[ \t]?|[-+•‣▪◦][ \t]+)/y;
const inlineMarkup = /(?:<br\s*\/?>|~~|\]\((?:[^()\s]|\([^()\s]*\))*\))/iy;

/** Returns how many units of Markdown begin here that are no text, or 0. */
function lengthOfMarkup(text: string, at: number, isLineStart: boolean): number {
  if (!mayBeMarkup.test(text[at] ?? "")) return 0;
  for (const markup of isLineStart ? [lineMarkup, inlineMarkup] : [inlineMarkup]) {
    markup.lastIndex = at;
    const found = markup.exec(text);
    if (found) return found[0].length;
  }
  return 0;
}

const forms = new Map<string, string>();

/**
 * Returns the form in which characters are compared. Ligatures and full-width forms become plain ones; superscripts and fractions do
 * not, because 10² is not 102.
 */
function formOf(character: string): string {
  if (character < "\u0080") return character;
  let form = forms.get(character);
  if (form === undefined) {
    const isVariant = /[\ufb00-\ufb4f\uff00-\uffef\u2026\u2024\u2025\u3000]/.test(character);
    form = character.normalize(isVariant ? "NFKD" : "NFD");
    if (forms.size < 10_000) forms.set(character, form);
  }
  return form;
}

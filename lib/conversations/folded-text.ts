/** Accents, vowel points and invisible characters: the same as in the SQL function `folded_text`. */
const removedCharacters =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: the pattern removes each code point alone
  // biome-ignore lint/suspicious/noControlCharactersInRegex: U+001F separates message and answer in the database
  /[\u001f\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]/g;

/**
 * Letters that no Unicode normal form decomposes, and the marks that phones and models write in place of those on a
 * keyboard.
 */
const plainCharacters: Record<string, string> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ħ: "h",
  ŧ: "t",
  ı: "i",
  ς: "σ",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  "‘": "'",
  "’": "'",
  ʼ: "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "‐": "-",
  "‒": "-",
  "–": "-",
  "—": "-",
  "−": "-",
};
const specialCharacters = new RegExp(`[${Object.keys(plainCharacters).join("")}]`, "g");

/** Returns the form in which a search compares texts. The SQL function `folded_text` returns the same; a test compares both. */
export function foldedText(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(removedCharacters, "")
    .toLowerCase()
    .replaceAll(specialCharacters, (character) => plainCharacters[character] ?? character)
    .normalize("NFC");
}

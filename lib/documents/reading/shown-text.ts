import { withoutUnseen } from "#lib/platform/unseen-characters.ts";

/**
 * Returns a text as a person reads it and as search finds it: without characters that nobody sees, with plain spaces and line
 * ends, with "fi" for the one character "ﬁ" of printed documents, and in Unicode's NFC. PostgreSQL can store it.
 */
export function shownText(text: string): string {
  const visible = withoutUnseen(text.replace(lineEnds, "\n")).replace(directionMarks, "");
  return visible.replace(spaces, " ").replace(ligatures, expanded).toWellFormed().normalize("NFC");
}

/** Also the form feed, and Unicode's own signs for the end of a line or paragraph. */
const lineEnds = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const directionMarks = /[\u061C\u200E\u200F]/g;
const spaces = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;
const ligatures = /[\uFB00-\uFB06]/g;
const expanded = (ligature: string): string => ligature.normalize("NFKC");

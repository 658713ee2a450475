import { decodeDocument } from "./decode-document.ts";
import { moreThan } from "./document-file.ts";
import type { Block, Reader } from "./read-document.ts";
import { shownText } from "./shown-text.ts";

/** Reads plain text: a paragraph ends at a blank line, and its lines stay as they are. */
export const readText: Reader = async ({ bytes }, { characters }) => {
  const { text, notes } = decodeDocument(bytes);
  if (text.length > characters) throw moreThan(characters, "characters");
  return { parts: [{ number: 1, kind: "section", blocks: paragraphsOf(text) }], notes };
};

/** Returns the paragraphs of a plain text. */
export function paragraphsOf(text: string): Block[] {
  return shownText(text)
    .split(/\n(?:[^\S\n]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => ({ kind: "paragraph", text: paragraph }));
}

import { decodeText } from "#lib/platform/decode-text.ts";
import { moreThan } from "./document-file.ts";
import type { Block, Reader } from "./read-document.ts";

/** Reads plain text: a paragraph ends at a blank line, and its lines stay as they are. */
export const readText: Reader = async ({ bytes }, { characters }) => {
  const text = decodeText(bytes, "text/plain").replace(/\r\n?/g, "\n");
  if (text.length > characters) throw moreThan(characters, "characters");
  const paragraphs = text.split(/\n(?:[^\S\n]*\n)+/).filter((paragraph) => paragraph.trim() !== "");
  const blocks = paragraphs.map((paragraph): Block => ({ kind: "paragraph", text: paragraph }));
  return { parts: [{ number: 1, kind: "section", blocks }], notes: [] };
};

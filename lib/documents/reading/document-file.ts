import type { DocumentFormat } from "#lib/contract/document.ts";

/** A file as a person gave it. */
export interface DocumentFile {
  bytes: Uint8Array;
  /** With its extension. */
  name: string;
  format: DocumentFormat;
}

/** What reading one file may cost. A file beyond a limit fails alone. */
export interface ReadLimits {
  /** Of all entries of a container together, and of what is decoded from a mail. */
  inflatedBytes: number;
  /** Files in a container, parts of a mail, elements of HTML. */
  entries: number;
  /** Pages, slides and sheets. */
  pages: number;
  /** Of all tables together. */
  cells: number;
  /** UTF-16 units of all parts together. */
  characters: number;
  /** From the start of the reading to its result. */
  milliseconds: number;
  /** Of memory, in millions of bytes. */
  megabytes: number;
}

export const readLimits: ReadLimits = {
  inflatedBytes: 200_000_000,
  entries: 200_000,
  pages: 2_000,
  cells: 1_000_000,
  characters: 10_000_000,
  milliseconds: 120_000,
  megabytes: 700,
};

/** Why a file cannot be read. The message is a sentence that a person reads. */
export class DocumentFault extends Error {
  override name = "DocumentFault";
}

/** Returns the fault of a document that is beyond a limit, such as `moreThan(2_000, "pages")`. */
export const moreThan = (limit: number, things: string): DocumentFault =>
  new DocumentFault(`The document has more than ${limit.toLocaleString("en")} ${things}.`);

import type { PartKind } from "#lib/contract/part-kind.ts";
import type { DocumentFile, ReadLimits } from "./document-file.ts";

/**
 * Reads the files of one format. A reader runs in a process of its own, so it may compute for long.
 * @throws DocumentFault if the file is damaged or beyond a limit
 */
export type Reader = (file: DocumentFile, limits: ReadLimits) => Promise<ReadDocument>;

/** What a person reads in a document. */
export interface ReadDocument {
  title?: string;
  /** In order. A document without pages is one section. */
  parts: Part[];
  /** Sentences for the person, such as "Pages 3 to 5 hold no text. They are probably scanned." */
  notes: string[];
}

export interface Part {
  /** From 1. */
  number: number;
  /** The name of a sheet. */
  label?: string;
  kind: PartKind;
  blocks: Block[];
}

/** Its text has no markup. It has line breaks where the document has. */
export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "paragraph"; text: string }
  /** An item of a list. Its depth counts from 0; its marker is "•", "3." or "2.1". */
  | { kind: "item"; depth: number; marker: string; text: string }
  | { kind: "table"; header?: string[]; rows: string[][] }
  | { kind: "code"; text: string };

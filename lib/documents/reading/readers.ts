import type { DocumentFormat } from "#lib/contract/document.ts";
import type { Reader } from "./read-document.ts";

/** Each format's reader, with the libraries that it needs, is loaded when a file needs it. */
export const readers: Partial<Record<DocumentFormat, () => Promise<Reader>>> = {
  text: async () => (await import("./read-text.ts")).readText,
};

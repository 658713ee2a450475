import type { DocumentFormat } from "#lib/contract/document.ts";
import type { Reader } from "./read-document.ts";

/** Each format's reader, with the libraries that it needs, is loaded when a file needs it. */
export const readers: Partial<Record<DocumentFormat, () => Promise<Reader>>> = {
  docx: async () => (await import("./read-docx.ts")).readDocx,
  pdf: async () => (await import("./read-pdf.ts")).readPdf,
  pptx: async () => (await import("./read-pptx.ts")).readPptx,
  text: async () => (await import("./read-text.ts")).readText,
  xlsx: async () => (await import("./read-xlsx.ts")).readXlsx,
};

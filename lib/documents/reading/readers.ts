import type { DocumentFormat } from "#lib/contract/document.ts";
import type { Reader } from "./read-document.ts";

/** Each format's reader, with the libraries that it needs, is loaded when a file needs it. */
export const readers: Record<DocumentFormat, () => Promise<Reader>> = {
  csv: async () => (await import("./read-csv.ts")).readCsv,
  docx: async () => (await import("./read-docx.ts")).readDocx,
  eml: async () => (await import("./read-eml.ts")).readEml,
  html: async () => (await import("./read-html.ts")).readHtml,
  markdown: async () => (await import("./read-markdown.ts")).readMarkdown,
  pdf: async () => (await import("./read-pdf.ts")).readPdf,
  pptx: async () => (await import("./read-pptx.ts")).readPptx,
  text: async () => (await import("./read-text.ts")).readText,
  xlsx: async () => (await import("./read-xlsx.ts")).readXlsx,
};

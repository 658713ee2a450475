import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { DocumentFormat } from "#lib/contract/document.ts";
import { refuseOtherFormat } from "./check-format.ts";

const check = (bytes: Uint8Array, name: string, format: DocumentFormat) => () =>
  refuseOtherFormat({ bytes, name, format });
const archive = (...names: string[]) =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8("<a/>")])));
const latin1 = (text: string) => Buffer.from(text, "latin1");
const oldOffice = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const word = archive("[Content_Types].xml", "word/document.xml");

describe("refuseOtherFormat", () => {
  it.each<[string, Uint8Array, DocumentFormat]>([
    ["a.txt", Buffer.from("plain"), "text"],
    ["a.md", Buffer.from("# PK"), "markdown"],
    ["a.csv", Buffer.from("\ufeffa;b"), "csv"],
    ["a.txt", Buffer.from("a\0b\0", "latin1"), "text"],
    ["a.pdf", latin1("%PDF-1.7\n"), "pdf"],
    ["a.pdf", latin1("\0\0%PDF-1.4\n"), "pdf"],
    ["a.docx", word, "docx"],
    ["a.pptx", archive("ppt/presentation.xml"), "pptx"],
    ["a.xlsx", archive("xl/workbook.xml"), "xlsx"],
    ["how-pdf-works.txt", Buffer.from("The header is %PDF-1.7, then follow objects."), "text"],
  ])("accepts %s", (name, bytes, format) => {
    expect(check(bytes, name, format)).not.toThrow();
  });

  it.each<[string, Uint8Array, DocumentFormat, string]>([
    ["a.txt", Buffer.of(), "text", "The file is empty."],
    ["a.pdf", word, "pdf", "The file's name ends in .pdf, but the file is a Word document."],
    [
      ...(["a.docx", latin1("%PDF-1.7\n"), "docx"] as const),
      "The file's name ends in .docx, but the file is a PDF document.",
    ],
    [
      ...(["a.xlsx", word, "xlsx"] as const),
      "The file's name ends in .xlsx, but the file is a Word document.",
    ],
    [
      ...(["a.docx", archive("mimetype", "META-INF/manifest.xml"), "docx"] as const),
      "The file's name ends in .docx, but the file is an OpenDocument file or a program.",
    ],
    [
      ...(["my.notes.txt", latin1("\x89PNG\r\n\x1a\n"), "text"] as const),
      "The file's name ends in .txt, but the file is an image (PNG).",
    ],
    [
      ...(["a.docx", latin1(oldOffice), "docx"] as const),
      "The file's name ends in .docx, but the file is in the format of Office 97 (.doc, .xls, .ppt) or an Outlook message (.msg).",
    ],
    [
      ...([
        "a.docx",
        latin1(`${oldOffice}E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0`),
        "docx",
      ] as const),
      "The file's name ends in .docx, but the file is protected with a password.",
    ],
    ["a.docx", Buffer.from("<html>"), "docx", "The file is damaged or no Word document."],
    ["a.pdf", Buffer.from("Not a PDF"), "pdf", "The file is damaged or no PDF document."],
    [
      ...(["a.docx", word.subarray(0, word.length - 30), "docx"] as const),
      "The file is damaged: its end is missing, or its table of contents.",
    ],
  ])("refuses %s", (name, bytes, format, sentence) => {
    expect(check(bytes, name, format)).toThrow(sentence);
  });
});

import { unzipSync } from "fflate";
import type { DocumentFormat } from "#lib/contract/document.ts";
import { DocumentFault, type DocumentFile } from "./document-file.ts";

/**
 * Compares a file's first bytes with the format that its name promises.
 * @throws DocumentFault for an empty file, and for a file of another kind, with a sentence that names the kind
 */
export function refuseOtherFormat({ bytes, name, format }: DocumentFile): void {
  if (bytes.length === 0) throw new DocumentFault("The file is empty.");
  const kind = kindOf(bytes);
  if (kind === undefined) {
    if (binaryFormats[format] !== undefined) {
      throw new DocumentFault(`The file is damaged or no ${binaryFormats[format]}.`);
    }
  } else if (kind.format !== format) {
    const ending = name.slice(name.lastIndexOf("."));
    throw new DocumentFault(`The file's name ends in ${ending}, but the file is ${kind.is}.`);
  }
}

const binaryFormats: Partial<Record<DocumentFormat, string>> = {
  pdf: "PDF document",
  docx: "Word document",
  pptx: "PowerPoint presentation",
  xlsx: "Excel workbook",
};

/** What a file is by its first bytes: the end of a sentence, and the format if it is one of ours. */
interface FileKind {
  is: string;
  format?: DocumentFormat;
}

/** Returns undefined for what may be text. */
function kindOf(bytes: Uint8Array): FileKind | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1_024));
  const text = start.toString("latin1");
  // A PDF document may have something before its header.
  if (text.startsWith("%PDF-") || (/%PDF-\d/.test(text) && text.includes("\0"))) {
    return { is: "a PDF document", format: "pdf" };
  }
  if (/^PK\p{Cc}{2}/u.test(text)) return kindOfArchive(bytes);
  if (text.startsWith("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) return kindOfOldOffice(bytes);
  return otherKinds.find(([pattern]) => pattern.test(text))?.[1];
}

/** A text may begin like some of them, but it holds no NUL. */
const otherKinds: [RegExp, FileKind][] = [
  [/^\{\\rtf/, { is: "an RTF document" }],
  [/^\x89PNG\r\n/, { is: "an image (PNG)" }],
  [/^\xff\xd8\xff/, { is: "an image (JPEG)" }],
  [/^GIF8[79]a[\s\S]*\0/, { is: "an image (GIF)" }],
  [/^(?:II\*\0|MM\0\*)/, { is: "an image (TIFF)" }],
  [/^RIFF[\s\S]{4}WEBP/, { is: "an image (WebP)" }],
  [/^\0[\s\S]{3}ftyp(?:heic|heix|mif1|avif)/, { is: "an image (HEIC)" }],
  [/^\0[\s\S]{3}ftyp/, { is: "a video" }],
  [/^(?:ID3|OggS|fLaC|RIFF[\s\S]{4}WAVE)[\s\S]*\0/, { is: "a sound" }],
  [/^\p{Cc}\x8b\p{Cc}/u, { is: "compressed (gzip)" }],
  [/^7z\xbc\xaf/, { is: "compressed (7z)" }],
  [/^Rar!\p{Cc}/u, { is: "compressed (RAR)" }],
  [/^SQLite format 3\0/, { is: "a database" }],
  [/^(?:MZ|\x7fELF)[\s\S]*\0/, { is: "a program" }],
  [/^%!PS-/, { is: "a PostScript document" }],
];

/** Looks at the names only, and inflates nothing. */
function kindOfArchive(bytes: Uint8Array): FileKind {
  const names: string[] = [];
  try {
    unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name);
        return false;
      },
    });
  } catch {
    throw new DocumentFault("The file is damaged: its end is missing, or its table of contents.");
  }
  const holds = (folder: string) => names.some((name) => name.toLowerCase().startsWith(folder));
  if (holds("word/")) return { is: "a Word document", format: "docx" };
  if (holds("ppt/")) return { is: "a PowerPoint presentation", format: "pptx" };
  if (holds("xl/")) return { is: "an Excel workbook", format: "xlsx" };
  if (holds("meta-inf/manifest.xml")) return { is: "an OpenDocument file or a program" };
  if (holds("meta-inf/container.xml")) return { is: "an e-book (EPUB)" };
  return { is: "a ZIP archive" };
}

/** An encrypted document of today's Office is inside the container of Office 97. */
function kindOfOldOffice(bytes: Uint8Array): FileKind {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return file.includes(Buffer.from("EncryptedPackage", "utf16le"))
    ? { is: "protected with a password" }
    : { is: "in the format of Office 97 (.doc, .xls, .ppt) or an Outlook message (.msg)" };
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type ReadLimits, readLimits } from "#lib/documents/reading/document-file.ts";
import { readFile as readDocumentFile } from "#lib/documents/reading/read-file.ts";

type Format = "docx" | "pptx" | "xlsx" | "pdf";

const samples: Record<Format, string> = {
  docx: "handbook-german",
  pptx: "training-english",
  xlsx: "sales-german",
  pdf: "columns-english",
};

const bytesOf = async (format: Format, name = samples[format]) =>
  new Uint8Array(await readFile(join(import.meta.dirname, "corpus", format, `${name}.${format}`)));

const read = (bytes: Uint8Array, format: Format, limits: Partial<ReadLimits> = {}) =>
  readDocumentFile({ bytes, name: `file.${format}`, format }, { ...readLimits, ...limits });

const text = (content: string) => new TextEncoder().encode(content);
const office = ["docx", "pptx", "xlsx"] as const;
const mainParts = {
  docx: "word/document.xml",
  pptx: "ppt/presentation.xml",
  xlsx: "xl/workbook.xml",
};
const refused = (sentence: string | RegExp) =>
  expect.objectContaining({ name: "DocumentFault", message: expect.stringMatching(sentence) });

describe("a damaged file", () => {
  it.each([...office, "pdf"] as const)("%s without bytes is refused", async (format) => {
    await expect(read(new Uint8Array(), format)).rejects.toEqual(refused("The file is empty."));
  });

  it.each(office)("%s that was cut is refused", async (format) => {
    const bytes = await bytesOf(format);
    const reading = read(bytes.subarray(0, bytes.length / 2), format);
    await expect(reading).rejects.toEqual(refused(/^The file is damaged: its end is missing/));
  });

  it("a PDF that was cut is refused or read as far as it goes", async () => {
    const bytes = await bytesOf("pdf");
    await expect(read(bytes.subarray(0, 400), "pdf")).rejects.toEqual(
      refused(/^The file (is damaged|holds no text)/),
    );
  });

  it.each(office)("%s without its parts is refused", async (format) => {
    const [folder] = mainParts[format].split("/");
    const bytes = zipSync({ [`${folder}/other.xml`]: text("<other/>") });
    await expect(read(bytes, format)).rejects.toEqual(refused(/its main part is missing\.$/));
  });

  it.each(office)("%s with a text instead of XML is refused", async (format) => {
    const bytes = zipSync({ [mainParts[format]]: text("Good morning") });
    await expect(read(bytes, format)).rejects.toEqual(refused(/^The file is damaged/));
  });

  it.each(office)("%s with changed content is refused by its checksum", async (format) => {
    const bytes = zipSync({ [mainParts[format]]: text("<a>stored as it is</a>") }, { level: 0 });
    const at = Buffer.from(bytes).indexOf("stored");
    bytes[at] = 0x53;
    await expect(read(bytes, format)).rejects.toEqual(
      refused("The file is damaged: it cannot be unpacked."),
    );
  });

  it.each(office)("%s nested without end is refused", async (format) => {
    const nested = `${"<a>".repeat(700)}${"</a>".repeat(700)}`;
    const bytes = zipSync({ [mainParts[format]]: text(nested) });
    await expect(read(bytes, format)).rejects.toEqual(
      refused("The file is nested too deeply to be read."),
    );
  });

  it.each(office)("%s with an encrypted part is refused", async (format) => {
    const bytes = zipSync({ [mainParts[format]]: text("<a/>") }, { level: 0 });
    const directory = Buffer.from(bytes).indexOf("PK\u0001\u0002");
    bytes[directory + 8] = 1;
    await expect(read(bytes, format)).rejects.toEqual(
      refused("The file is protected by a password."),
    );
  });

  it("a PDF with a password is refused", async () => {
    const bytes = await bytesOf("pdf", "../../damaged/encrypted");
    await expect(read(bytes, "pdf")).rejects.toEqual(
      refused("The file is protected by a password."),
    );
  });

  it("a PDF without text is refused", async () => {
    const bytes = await bytesOf("pdf", "../../damaged/without-text");
    await expect(read(bytes, "pdf")).rejects.toEqual(
      refused("The file holds no text. Its pages are probably scanned."),
    );
  });

  it("a document whose name ends in another format is refused", async () => {
    await expect(read(await bytesOf("xlsx"), "docx")).rejects.toEqual(refused(/an Excel workbook/));
  });
});

describe("a limit", () => {
  it.each(office)("on inflated bytes refuses %s before anything is inflated", async (format) => {
    const reading = read(await bytesOf(format), format, { inflatedBytes: 1_000 });
    await expect(reading).rejects.toEqual(refused("The file is too large when it is unpacked."));
  });

  it("on inflated bytes holds although the size in a header is too small", async () => {
    const bytes = zipSync({ "word/document.xml": text("a longer text ".repeat(90)) });
    const directory = Buffer.from(bytes).indexOf("PK\u0001\u0002");
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, 10, true);
    await expect(read(bytes, "docx", { inflatedBytes: 100 })).rejects.toEqual(
      refused("The file is damaged: it cannot be unpacked."),
    );
  });

  it.each(office)("on entries refuses %s", async (format) => {
    const reading = read(await bytesOf(format), format, { entries: 3 });
    await expect(reading).rejects.toEqual(refused("The document has more than 3 parts."));
  });

  it.each([
    ["pptx", "training-english", "slides"],
    ["xlsx", "greetings-many", "sheets"],
    ["pdf", "scanned-english", "pages"],
  ] as const)("on pages refuses %s", async (format, name, things) => {
    const reading = read(await bytesOf(format, name), format, { pages: 2 });
    await expect(reading).rejects.toEqual(refused(`The document has more than 2 ${things}.`));
  });

  it.each([
    ["docx", "handbook-german"],
    ["pptx", "training-english"],
    ["xlsx", "readings-japanese"],
    ["pdf", "table-spanish"],
  ] as const)("on cells refuses %s, whatever size it states", async (format, name) => {
    const reading = read(await bytesOf(format, name), format, { cells: 3 });
    await expect(reading).rejects.toEqual(refused("The document has more than 3 cells."));
  });

  it.each([...office, "pdf"] as const)("on characters refuses %s", async (format) => {
    const reading = read(await bytesOf(format), format, { characters: 20 });
    await expect(reading).rejects.toEqual(refused("The document has more than 20 characters."));
  });
});

describe("the notes of a document", () => {
  it.each([
    ["pdf", "scanned-english", ["Pages 2 and 3 hold no text. They are probably scanned."]],
    ["pdf", "unseen-english", ["Text that cannot be seen on page 1 was left out."]],
    ["docx", "revisions-spanish", ["Text that is hidden in the document was left out."]],
    [
      "pptx",
      "positions-french",
      ["Slide 2 is hidden and was left out.", "Text that cannot be seen on slide 1 was left out."],
    ],
    [
      "xlsx",
      "hidden-english",
      [
        "The hidden sheet “Plans” was left out.",
        "Hidden rows and columns of the sheet “Staff” were left out.",
        "White text of the sheet “Staff” was left out.",
        "The file stores no result for 1 formula of the sheet “Staff”.",
      ],
    ],
  ] as const)("say what is missing in %s %s", async (format, name, notes) => {
    expect((await read(await bytesOf(format, name), format)).notes).toEqual(notes);
  });
});

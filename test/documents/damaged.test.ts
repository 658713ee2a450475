import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentFormatOf } from "#lib/contract/document.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readDocument } from "#lib/documents/reading/read-in-process.ts";

const corpus = join(import.meta.dirname, "corpus");
const textOf = (bytes: string | Uint8Array): Uint8Array => Buffer.from(bytes);

function read(name: string, content: string | Uint8Array, limits: Partial<typeof readLimits> = {}) {
  const format = documentFormatOf(name);
  if (!format) throw new Error(`No format for ${name}`);
  return readDocument({ bytes: textOf(content), name, format }, { ...readLimits, ...limits });
}

describe("a damaged file fails in a sentence", () => {
  it.each([
    ["notes.txt", "", "The file is empty."],
    [
      "notes.txt",
      "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007".repeat(40),
      "The file holds binary data, not text.",
    ],
    [
      "page.html",
      "{\\rtf1 text}",
      "The file's name ends in .html, but the file is an RTF document.",
    ],
    [
      "table.csv",
      "PK\u0005\u0006",
      "The file is damaged: its end is missing, or its table of contents.",
    ],
    [
      "mail.eml",
      "Hello, this is no mail.\n",
      "The file is no e-mail: it has no sender, no date and no subject.",
    ],
    [
      ...(["mail.eml", `From: a@b.example\n${nested(60)}`] as const),
      "The file is damaged or no e-mail.",
    ],
  ])("%s", async (name, content, sentence) => {
    await expect(read(name, content)).rejects.toThrow(sentence);
  });
});

describe("a file beyond a limit fails in a sentence", () => {
  it.each([
    ["notes.txt", "twenty characters or more", { characters: 20 }, "20 characters"],
    ["notes.md", "# twenty characters or more", { characters: 20 }, "20 characters"],
    ["page.html", "<p>twenty characters or more", { characters: 20 }, "20 characters"],
    ["table.csv", "a,b\n1,2\n3,4", { cells: 4 }, "4 cells"],
    ["page.html", "<table><tr><td>a<td>b<tr><td>c<td>d</table>", { cells: 3 }, "3 cells"],
    ["mail.eml", "Subject: a\n\ntwenty characters or more", { characters: 20 }, "20 characters"],
  ])("%s: %s", async (name, content, limits, things) => {
    await expect(read(name, content, limits)).rejects.toThrow(
      `The document has more than ${things}.`,
    );
  });

  it("page.html with too many elements", async () => {
    await expect(read("page.html", "<p>a<p>b<p>c", { entries: 3 })).rejects.toThrow(
      "The document has too many elements.",
    );
  });

  it("mail.eml with too many forwarded mails", async () => {
    const mail = await readFile(join(corpus, "eml/spanish-forwarded.eml"));
    await expect(read("mail.eml", mail, { pages: 1 })).rejects.toThrow(
      "The document has more than 1 forwarded mails.",
    );
  });
});

it("a table of 200,000 rows is read", async () => {
  const { parts } = await read("table.csv", `name\n${"x\n".repeat(200_000)}`);
  expect(parts[0]?.text).toHaveLength(4 + 2 * 200_000);
});

/** Parts within parts. */
function nested(depth: number): string {
  return Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n`,
  ).join("");
}

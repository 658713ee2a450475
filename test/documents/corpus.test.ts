import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { DocumentFormat } from "#lib/contract/document.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { partText } from "#lib/documents/reading/part-text.ts";
import { readers } from "#lib/documents/reading/readers.ts";

const corpus = join(import.meta.dirname, "corpus");
const expectationOf = (file: string) =>
  file.replace(/\.(txt|\w+)$/, (end) => (end === ".txt" ? ".expected.txt" : ".txt"));
const files = globSync("*/*", { cwd: corpus }).filter(
  (file) => !file.endsWith(".expected.txt") && (file.startsWith("text/") || !file.endsWith(".txt")),
);

it.each(files.sort())("%s is stored as a person reads it", async (file) => {
  const format = dirname(file) as DocumentFormat;
  const read = await readers[format]();
  const bytes = new Uint8Array(await readFile(join(corpus, file)));
  const document = await read({ bytes, name: basename(file), format }, readLimits);
  const text = document.parts.map(({ blocks }) => partText(blocks).text).join("\n\n");
  const expected = await readFile(join(corpus, expectationOf(file)), "utf8");
  expect(text).toBe(expected.replace(/\n$/, ""));
});

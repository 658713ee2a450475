import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { chunkDocument } from "#lib/documents/chunking/chunk-document.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readers } from "#lib/documents/reading/readers.ts";
import { type Collection, type CollectionDocument, chunkKey } from "./collection.ts";

const root = join(import.meta.dirname, "../..");
const data = "bench/data";

const Questions = v.array(
  v.object({
    question: v.string(),
    language: v.string(),
    passages: v.pipe(
      v.array(v.object({ document: v.string(), words: v.string() })),
      v.minLength(1),
    ),
  }),
);

/** The decisions and references are documents, too. */
const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();

/**
 * Returns this repository's documentation and four German documents, with the questions of `bench/data/questions.json`.
 * @throws Error if no chunk has the words of a judged passage
 */
export async function readOwnDocuments(): Promise<Collection> {
  const paths = ["README.md", ...markdownIn("docs"), ...markdownIn(`${data}/german`)];
  const documents: CollectionDocument[] = [];
  for (const name of paths) {
    const bytes = readFileSync(join(root, name));
    const readMarkdown = await readers.markdown();
    const read = await readMarkdown({ bytes, name, format: "markdown" }, readLimits);
    const { language, title = "", chunks } = chunkDocument(read);
    documents.push({ name, title, language, chunks });
  }
  const text = readFileSync(join(root, data, "questions.json"), "utf8");
  const questions = v
    .parse(Questions, JSON.parse(text))
    .map(({ question, language, passages }) => ({
      ...{ text: question, language },
      grades: new Map(
        passages.flatMap(({ document, words }) =>
          keysOf(documents, document, words).map((key) => [key, 1] as const),
        ),
      ),
    }));
  return { name: "This documentation", documents, questions };
}

function keysOf(documents: CollectionDocument[], name: string, words: string): string[] {
  const document = documents.find((one) => one.name === name);
  const plain = (text: string) => text.replace(/[\s`*_]+/g, " ");
  const keys = (document?.chunks ?? []).flatMap(({ text }, ordinal) =>
    document && plain(text).includes(plain(words)) ? [chunkKey(document, ordinal)] : [],
  );
  if (keys.length > 0) return keys;
  throw new Error(
    `No passage of ${name} has the words "${words}" any more. Choose other words in bench/data/questions.json.`,
  );
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { chunkDocument } from "#lib/documents/chunking/chunk-document.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readers } from "#lib/documents/reading/readers.ts";
import { documentPaths, repositoryRoot } from "#local/documentation/read-document.ts";
import { type Collection, type CollectionDocument, chunkKey } from "./collection.ts";

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

/**
 * Returns this repository's documentation and four German documents, with the questions of `bench/data/questions.json`. The
 * documentation changes: a question none of whose passages is left is not in the collection, and `lost` names lost passages.
 */
export async function readOwnDocuments(): Promise<Collection & { lost: string[] }> {
  const german = globSync(`${data}/german/*.md`, { cwd: repositoryRoot }).sort();
  const readMarkdown = await readers.markdown();
  const documents: CollectionDocument[] = [];
  for (const name of [...documentPaths(), ...german]) {
    const bytes = readFileSync(join(repositoryRoot, name));
    const read = await readMarkdown({ bytes, name, format: "markdown" }, readLimits);
    const { language, title = "", chunks } = chunkDocument(read);
    documents.push({ name, title, language, chunks });
  }
  const text = readFileSync(join(repositoryRoot, data, "questions.json"), "utf8");
  const lost: string[] = [];
  const questions = v.parse(Questions, JSON.parse(text)).map(({ question, language, passages }) => {
    const grades = new Map<string, number>();
    for (const { document, words } of passages) {
      const keys = keysOf(documents, document, words);
      if (keys.length === 0) lost.push(`${document}: ${words}`);
      for (const key of keys) grades.set(key, 1);
    }
    return { text: question, language, grades };
  });
  return {
    ...{ name: "This documentation", documents, lost },
    questions: questions.filter(({ grades }) => grades.size > 0),
  };
}

function keysOf(documents: CollectionDocument[], name: string, words: string): string[] {
  const document = documents.find((one) => one.name === name);
  const plain = (text: string) => text.replace(/[\s`*_]+/g, " ");
  return (document?.chunks ?? []).flatMap(({ text }, ordinal) =>
    document && plain(text).includes(plain(words)) ? [chunkKey(document, ordinal)] : [],
  );
}

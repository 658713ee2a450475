import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Collection, type CollectionDocument, chunkKey } from "./collection.ts";

const folder = join(import.meta.dirname, "../data/cranfield");
const read = (name: string) => readFileSync(join(folder, name), "latin1");
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();

/** Returns the Cranfield collection. Each abstract is a document with one chunk. */
export function readCranfield(): Collection {
  const documents = recordsOf("cran.all.1400").map((record): CollectionDocument => {
    const [, id = "", title = "", text = ""] =
      /^(\d+)\s*\n\.T\n(.*?)\.A\n.*?\.W\n(.*)$/s.exec(record) ?? [];
    return {
      ...{ name: id, title: oneLine(title), language: "english" },
      chunks: [{ text: oneLine(text), headingPath: [] }],
    };
  });
  const questions = recordsOf("cran.qry").map((record) => ({
    text: oneLine(record.replace(/^.*?\.W\n/s, "")),
    language: "english",
    grades: new Map<string, number>(),
  }));
  for (const line of read("judgments.txt").trim().split("\n")) {
    const [question = 0, document = 0, grade = 0] = line.split(" ").map(Number);
    const judged = documents[document - 1];
    if (judged) questions[question - 1]?.grades.set(chunkKey(judged, 0), grade);
  }
  return { name: "Cranfield", documents, questions };
}

const recordsOf = (name: string) => read(name).split(/^\.I /m).slice(1);

import { createRandom } from "#test/support/seeded-random.ts";
import type { CollectionDocument } from "./collection.ts";
import { readCranfield } from "./cranfield.ts";

/** As many as an abstract of 300 tokens has. */
const wordsOfChunk = 170;

/**
 * Yields documents of 100 chunks. A chunk has random sentences of Cranfield, so that a question's words are in most documents, which
 * is close to the worst case, and eight words of a vocabulary of 200,000 whose frequencies follow Zipf's law.
 */
export function* largeCorpus(
  chunks: number,
  chunksOfDocument = 100,
): Generator<CollectionDocument> {
  const random = createRandom(1);
  const rareWord = () => `w${Math.floor(200_000 ** random.next()).toString(36)}x`;
  const sentences = readCranfield().documents.flatMap(({ chunks: [abstract] }) =>
    (abstract?.text ?? "").split(/ \.\s+/).filter(Boolean),
  );
  for (let made = 0; made < chunks; made += chunksOfDocument) {
    const name = `Report ${made / chunksOfDocument}`;
    yield {
      ...{ name, title: name, language: "english" },
      chunks: Array.from({ length: chunksOfDocument }, (_, ordinal) => {
        const parts: string[] = [];
        for (let words = 0; words < wordsOfChunk; words += parts.at(-1)?.split(" ").length ?? 1) {
          parts.push(sentences[random.integer(0, sentences.length - 1)] ?? "");
        }
        parts.push(...Array.from({ length: 8 }, rareWord));
        return { text: parts.join(". "), headingPath: [`Heading ${ordinal}`] };
      }),
    };
  }
}

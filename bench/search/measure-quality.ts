import { type Collection, embeddedTexts, questionTexts } from "./collection.ts";
import { readCranfield } from "./cranfield.ts";
import { type Quality, qualityOf } from "./measures.ts";
import { readOwnDocuments } from "./own-documents.ts";
import { type Method, rank } from "./rank.ts";
import { openSearchDatabase, storeCollection } from "./search-database.ts";
import { vectorsOf } from "./text-vectors.ts";

/** By the set of questions, then by the method. */
export type QualityFigures = Record<string, Partial<Record<Method, Quality>>>;

/** Measures every collection in a database of its own. Without vectors only words are measured, which takes seconds. */
export async function measureQuality({ vectors }: { vectors: boolean }): Promise<QualityFigures> {
  return {
    ...(await measure(readCranfield(), vectors, cranfieldSets)),
    ...(await measure(await readOwnDocuments(), vectors, languageSets)),
  };
}

type Sets = (collection: Collection) => Record<string, (index: number) => boolean>;

const cranfieldSets: Sets = () => ({
  "Cranfield, odd": (index) => index % 2 === 0,
  "Cranfield, even": (index) => index % 2 === 1,
  "Cranfield, all": () => true,
});

const languageSets: Sets = ({ questions }) => ({
  "this documentation": (index) => questions[index]?.language === "english",
  "German documents": (index) => questions[index]?.language === "german",
});

async function measure(collection: Collection, withVectors: boolean, sets: Sets) {
  await using database = await openSearchDatabase();
  const { questions } = collection;
  const vectors = withVectors ? await vectorsOf(embeddedTexts(collection)) : undefined;
  const asked = withVectors ? await vectorsOf(questionTexts(collection)) : undefined;
  const keyOf = await storeCollection(database, collection, vectors);
  const figures: QualityFigures = {};
  const methods: Method[] = withVectors ? ["words", "vectors", "both"] : ["words"];
  for (const method of methods) {
    const rankings = await rank(database, collection, keyOf, method, asked);
    for (const [name, isIn] of Object.entries(sets(collection))) {
      const chosen = questions.map((_, index) => index).filter(isIn);
      figures[name] = {
        ...figures[name],
        [method]: qualityOf(
          chosen.flatMap((index) => questions[index] ?? []),
          chosen.map((index) => rankings[index] ?? []),
        ),
      };
    }
  }
  return figures;
}

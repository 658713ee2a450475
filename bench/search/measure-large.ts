import type { Row, Statement } from "#lib/platform/postgres.ts";
import { openPglite } from "#test/support/pglite.ts";
import { createRandom } from "#test/support/seeded-random.ts";
import { storeDocument } from "#test/support/stored-document.ts";
import { embeddedTexts, questionTexts } from "./collection.ts";
import { readCranfield } from "./cranfield.ts";
import { largeCorpus } from "./large-corpus.ts";
import { benchModelId, openSearchDatabase } from "./search-database.ts";
import { vectorsOf } from "./text-vectors.ts";

type Run = (statement: Statement) => Promise<Row[]>;

interface Times {
  median: number;
  p95: number;
  max: number;
}

export interface LargeFigures {
  chunks: number;
  /** Bytes of a chunk, by table, with indexes. */
  bytes: Record<string, number>;
  /** Milliseconds of a search at the database, by the kind of question. */
  milliseconds: Record<string, Times>;
  /** The share of the ten nearest vectors that the search finds. */
  recall: Record<string, { vectors: number; recall: number; milliseconds: number }>;
}

/** PGlite takes minutes to build an index over more. */
const chunksOfPglite = 5_000;

/** Measures the search over many chunks. Needs minutes and a quiet machine. */
export async function measureLarge(chunks: number): Promise<LargeFigures> {
  const { vectors, questions } = await sourceVectors();
  await using database = await openSearchDatabase();
  const stored = await store(database.run, chunks, vectors);
  await database.run({ text: "vacuum analyze", params: [] });
  const recall = { signs: await recallOf(database.run, stored, questions) };
  const { bytes, milliseconds } = await figuresOf(database.run, chunks, questions);
  const hnsw = await measurePglite(vectors, questions);
  return { chunks, bytes, milliseconds, recall: { ...recall, hnsw } };
}

interface AskedQuestion {
  text: string;
  vector: Float32Array;
}

/** Returns the vectors of the abstracts, from which those of the chunks are mixed, and those of the questions. */
async function sourceVectors() {
  const collection = readCranfield();
  const vectors = [...(await vectorsOf(embeddedTexts(collection))).values()];
  const ofQuestions = await vectorsOf(questionTexts(collection));
  return {
    vectors,
    questions: [...ofQuestions].map(([text, vector]): AskedQuestion => ({ text, vector })),
  };
}

/** Returns the stored vectors in the order of their chunks. */
async function store(run: Run, chunks: number, sources: Float32Array[]): Promise<Float32Array[]> {
  const random = createRandom(2);
  const mixed = () => {
    const sum = new Float32Array(512).map(() => (random.next() - 0.5) / 50);
    for (let part = 0; part < 3; part += 1) {
      const source = sources[random.integer(0, sources.length - 1)];
      source?.forEach((number, index) => {
        sum[index] = (sum[index] ?? 0) + number;
      });
    }
    const length = Math.hypot(...sum);
    return sum.map((number) => number / length);
  };
  const stored: Float32Array[] = [];
  for (const document of largeCorpus(chunks)) {
    const vectors = document.chunks.map(mixed);
    await run({ text: "begin", params: [] });
    await storeDocument(run, { ...document, scope: "site", vectors, modelId: benchModelId });
    await run({ text: "commit", params: [] });
    stored.push(...vectors);
  }
  return stored;
}

async function recallOf(run: Run, stored: Float32Array[], questions: AskedQuestion[]) {
  const asked = questions.slice(0, 40);
  let found = 0;
  let milliseconds = 0;
  for (const { vector } of asked) {
    const startedAt = performance.now();
    const rows = await run({
      text: `
        select nearest.ordinal + 100 * (dense_rank - 1) as place
        from nearest_chunks(array(select number from indexed_versions), $1, $2, 10) as nearest
        join (select number, dense_rank() over (order by number) from indexed_versions) versions
          on number = nearest.version`,
      params: [benchModelId, Array.from(vector)],
    });
    milliseconds += performance.now() - startedAt;
    const exact = stored
      .map((other, place) => ({ place, similarity: product(vector, other) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, 10)
      .map(({ place }) => place);
    const places = new Set(rows.map(({ place }) => Number(place)));
    found += exact.filter((place) => places.has(place)).length;
  }
  return {
    vectors: stored.length,
    recall: found / (10 * asked.length),
    milliseconds: milliseconds / asked.length,
  };
}

function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < 512; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

async function figuresOf(run: Run, chunks: number, questions: AskedQuestion[]) {
  const tables = ["document_chunks", "document_postings", "document_vectors"];
  const sizes = await run({
    text: "select name, pg_total_relation_size(name) as bytes from unnest($1::text[]) as name",
    params: [tables],
  });
  const bytes = Object.fromEntries(
    sizes.map(({ name, bytes }) => [String(name), Math.round(Number(bytes) / chunks)]),
  );
  const [first] = questions;
  const long = Array.from({ length: 8 }, (_, index) => ({
    text: questions
      .slice(20 * index)
      .map(({ text }) => text)
      .join(" ")
      .slice(0, 5_000),
    vector: first?.vector ?? new Float32Array(512),
  }));
  const short = questions.map(({ text, vector }) => ({
    text: text.split(" ").slice(-3).join(" "),
    vector,
  }));
  await timesOf(run, questions.slice(0, 10));
  return {
    bytes,
    milliseconds: {
      "three words": await timesOf(run, short.slice(0, 60)),
      "a question": await timesOf(run, questions.slice(0, 100)),
      "5,000 characters": await timesOf(run, long),
    },
  };
}

async function timesOf(run: Run, questions: AskedQuestion[]): Promise<Times> {
  const times: number[] = [];
  for (const { text, vector } of questions) {
    const startedAt = performance.now();
    await run({
      text: "select count(*) from search_documents('nobody', null, $1, $2, $3, null, 10)",
      params: [text, Array.from(vector), benchModelId],
    });
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
  return { median: at(0.5), p95: at(0.95), max: at(1) };
}

/** The form with pgvector. PGlite is a PostgreSQL in WebAssembly, so its times say little. */
async function measurePglite(vectors: Float32Array[], questions: AskedQuestion[]) {
  const { run, close } = await openPglite();
  const stored = await store(run, chunksOfPglite, vectors);
  await run({ text: "analyze", params: [] });
  const recall = await recallOf(run, stored, questions);
  await close();
  return recall;
}

import type { Statement } from "#lib/platform/postgres.ts";
import { vectorText } from "./vector-text.ts";

export interface IndexedVersion {
  versionId: string;
  /** How many chunks the version has. Their rows are in `document_chunks` already. */
  chunks: number;
  /** The name of a text search configuration. */
  language: string;
  /** The title that the document gives itself. */
  title: string | undefined;
  /** The file's name. */
  name: string;
}

/** PostgreSQL indexes so many chunks within a second. One statement may take eight. */
export const chunksPerStatement = 500;
/** A vector takes longer: the HNSW index searches for its neighbours, up to 20 ms on Neon's smallest compute. */
export const vectorsPerStatement = 100;

/** Returns the statements that let the search find a version by its words, after its chunks are inserted. */
export function indexWords({ versionId, chunks, language, ...names }: IndexedVersion): Statement[] {
  const { title, name } = names;
  const titles = [...(title ? [title] : []), name.replace(/\.\w+$/, "")];
  return blocksOf(chunks, chunksPerStatement).map(([first, last]) => ({
    text: "select index_document_words($1, $2, $3, $4, $5)",
    params: [versionId, language, titles, first, last],
  }));
}

/** Returns the statements that let the search find a version by its meaning. The n-th vector is that of the n-th chunk. */
export function indexVectors(
  versionId: string,
  modelId: string,
  vectors: readonly Float32Array[],
): Statement[] {
  return blocksOf(vectors.length, vectorsPerStatement).map(([first, last]) => ({
    text: "select index_document_vectors($1, $2, $3, $4)",
    params: [
      ...[versionId, modelId, first],
      vectors.slice(first, last + 1).map((vector) => `[${vectorText(vector)}]`),
    ],
  }));
}

/** Returns the statement that removes a version from the search. Its chunks stay. */
export function unindex(versionId: string): Statement {
  return { text: "select unindex_document($1)", params: [versionId] };
}

/** Returns the first and the last ordinal of each block. */
function blocksOf(chunks: number, size: number): [first: number, last: number][] {
  return Array.from({ length: Math.ceil(chunks / size) }, (_, block) => {
    const first = block * size;
    return [first, Math.min(first + size, chunks) - 1];
  });
}

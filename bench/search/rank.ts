import type { Collection } from "./collection.ts";
import { benchModelId, type SearchDatabase } from "./search-database.ts";

export type Method = "words" | "vectors" | "both";

/**
 * Searches each question of a collection. Returns the keys of the first ten chunks for each. `vectors` are those of the questions;
 * words need none.
 */
export async function rank(
  { run }: SearchDatabase,
  { questions }: Pick<Collection, "questions">,
  keyOf: (versionId: string, ordinal: number) => string,
  method: Method,
  vectors?: ReadonlyMap<string, Float32Array>,
): Promise<string[][]> {
  const rankings: string[][] = [];
  for (const { text } of questions) {
    const vector = method === "words" ? undefined : vectors?.get(text);
    const params = [text, vector && Array.from(vector), benchModelId];
    const rows = await run({ text: method === "vectors" ? byVectors : bySearch, params });
    rankings.push(rows.map((row) => keyOf(String(row.version_id), Number(row.ordinal))));
  }
  return rankings;
}

const bySearch = `
  select found.version_id, ordinal
  from search_documents('nobody', null, $1, $2, $3, null, 10) as found join document_chunks on id = chunk_id
  order by score desc, id`;

const byVectors = `
  select version_id, ordinal
  from nearest_chunks(array(select number from indexed_versions where $1::text is not null), $3, $2, 10) as nearest
  join indexed_versions on number = nearest.version
  order by similarity desc, number, ordinal`;

import * as v from "valibot";
import type { Source } from "#lib/contract/source.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { Passages } from "./check-citations.ts";
import type { ReceivedPassage } from "./received-texts.ts";

const Chunk = v.object({
  id: v.string(),
  versionId: v.string(),
  text: v.string(),
  start: v.number(),
  end: v.number(),
});

/**
 * Returns the passages of a turn. Those that an earlier runner of the turn has read are read again, in one request: chunks never
 * change. A chunk that was deleted meanwhile is null.
 */
export async function readMissingPassages(
  database: Pick<Database, "query">,
  sources: readonly Source[],
  passages: ReadonlyMap<number, ReceivedPassage>,
): Promise<Passages> {
  const missing = sources.flatMap(({ index, chunk_id }) =>
    chunk_id === undefined || passages.has(index) ? [] : [{ index, chunkId: chunk_id }],
  );
  if (missing.length === 0) return passages;
  const rows = await database.query({
    text: `
      select id::text as id, version_id as "versionId", text, start_unit as start, end_unit as "end"
      from document_chunks where id = any($1::bigint[])`,
    params: [missing.map(({ chunkId }) => chunkId)],
  });
  const chunks = new Map(
    rows.map((row) => v.parse(Chunk, row)).map(({ id, ...chunk }) => [id, chunk]),
  );
  return new Map<number, ReceivedPassage | null>([
    ...passages,
    ...missing.map(({ index, chunkId }) => [index, chunks.get(chunkId) ?? null] as const),
  ]);
}

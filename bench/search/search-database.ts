import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { Row, Statement } from "#lib/platform/postgres.ts";
import { startPostgres } from "#local/postgres/start-postgres.ts";
import { migrate } from "#migrations/migrate.ts";
import { storeDocument } from "#test/support/stored-document.ts";
import { type Collection, chunkKey } from "./collection.ts";

export interface SearchDatabase extends AsyncDisposable {
  run: (statement: Statement) => Promise<Row[]>;
}

/** Starts a PostgreSQL of its own with the tables of the product. Disposing of it removes everything. */
export async function openSearchDatabase(): Promise<SearchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "agentic-chat-search-"));
  const postgres = await startPostgres({ dataDirectory: folder, fsync: false });
  await postgres.createDatabase("search");
  await migrate({ url: postgres.ownerUrl("search") });
  const client = new pg.Client({ connectionString: postgres.ownerUrl("search") });
  await client.connect();
  return {
    run: async ({ text, params }) => (await client.query<Row>(text, params)).rows,
    async [Symbol.asyncDispose]() {
      await client.end();
      await postgres.stop();
      rmSync(postgres.dataDirectory, { recursive: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The model's id beside the vectors of the benchmark. */
export const benchModelId = "bench";

/** Stores a collection. Returns the key of the chunk that a version and an ordinal name. `vectors` are by the chunks' keys. */
export async function storeCollection(
  { run }: SearchDatabase,
  { documents }: Collection,
  vectors?: ReadonlyMap<string, Float32Array>,
): Promise<(versionId: string, ordinal: number) => string> {
  const byVersion = new Map<string, (typeof documents)[number]>();
  await run({ text: "begin", params: [] });
  for (const document of documents) {
    const keys = document.chunks.map((_, ordinal) => chunkKey(document, ordinal));
    const ofChunks = vectors && keys.map((key) => vectors.get(key) ?? new Float32Array(512));
    const { versionId } = await storeDocument(run, {
      ...document,
      scope: "site",
      ...(ofChunks && { vectors: ofChunks, modelId: benchModelId }),
    });
    byVersion.set(versionId, document);
  }
  await run({ text: "commit", params: [] });
  await run({ text: "analyze", params: [] });
  return (versionId, ordinal) => {
    const document = byVersion.get(versionId);
    if (!document) throw new Error(`There is no version ${versionId}.`);
    return chunkKey(document, ordinal);
  };
}

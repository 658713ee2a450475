import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row, Statement } from "#lib/platform/postgres.ts";
import { testSearch } from "./search-cases.ts";

let database: PGlite;

/** PGlite is a PostgreSQL 18 in this process, with the real pgvector. It has no Neon in front of it. */
beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } });
  const folder = fileURLToPath(new URL("../../migrations", import.meta.url));
  for (const name of (await readdir(folder)).filter((name) => /^\d{4}_/.test(name)).sort()) {
    const text = await readFile(join(folder, name), "utf8");
    await database.exec(text.split("-- Down Migration")[0] ?? "");
  }
}, 60_000);
afterAll(() => database.close());

const run = async ({ text, params }: Statement): Promise<Row[]> =>
  (await database.query<Row>(text, params)).rows;

describe("on a PostgreSQL with pgvector", () => {
  testSearch(async () => ({ database: { query: run }, run }));

  it("has vectors in an HNSW index", async () => {
    const rows = await run({
      text: `
        select indexdef from pg_indexes where tablename = 'document_vectors' and indexdef like '%hnsw%'`,
      params: [],
    });
    expect(rows).toHaveLength(1);
  });
});

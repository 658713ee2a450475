import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "#lib/platform/postgres.ts";
import { openPglite } from "#test/support/pglite.ts";
import { testSearch } from "./search-cases.ts";

let database: Awaited<ReturnType<typeof openPglite>>;
beforeAll(async () => {
  database = await openPglite();
}, 60_000);
afterAll(() => database.close());

const run = (statement: Statement) => database.run(statement);

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

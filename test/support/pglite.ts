import { readdir, readFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import type { Row, Statement } from "#lib/platform/postgres.ts";

/** Opens a migrated database with the real pgvector: a PostgreSQL 18 in this process, without Neon in front of it. */
export async function openPglite() {
  const database = await PGlite.create({ extensions: { vector } });
  const folder = new URL("../../migrations/", import.meta.url);
  for (const name of (await readdir(folder)).filter((name) => /^\d{4}_/.test(name)).sort()) {
    const text = await readFile(new URL(name, folder), "utf8");
    await database.exec(text.split("-- Down Migration")[0] ?? "");
  }
  return {
    run: async ({ text, params }: Statement): Promise<Row[]> =>
      (await database.query<Row>(text, [...params])).rows,
    close: () => database.close(),
  };
}

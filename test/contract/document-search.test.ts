import { describe } from "vitest";
import { openStores } from "./open-stores.ts";
import { testSearch } from "./search-cases.ts";

describe("on a PostgreSQL without pgvector", () => {
  testSearch(async () => {
    const { database } = await openStores();
    return { database, run: database.query };
  });
});

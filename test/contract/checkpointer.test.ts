import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import { validate } from "@langchain/langgraph-checkpoint-validation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "#lib/platform/postgres.ts";
import { ForkSafePostgresSaver } from "#lib/thread/fork-safe-saver.ts";
import { createSaverPool } from "#lib/thread/saver-pool.ts";
import { threadTables } from "#lib/thread/thread-tables.ts";
import { openTestDatabase, type TestDatabase } from "#test/support/database.ts";
import { graphOn } from "./turn-store-fixture.ts";

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await openTestDatabase();
  database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
});
afterAll(() => test.close());

/** The saver as a turn uses it, on empty tables, but for one thing: a transaction goes out at its COMMIT. */
async function openSaver() {
  // A new database for each of thirty savers took most of this file's time.
  await database.transaction(
    threadTables.map((table) => ({ text: `delete from ${table}`, params: [] })),
  );
  const pool = createSaverPool({
    read: (statement) => database.query(statement),
    async commit(statements) {
      await database.transaction(statements);
    },
  });
  return new ForkSafePostgresSaver(pool);
}

validate({
  checkpointerName: "PostgresSaver over HTTP transactions",
  createCheckpointer: openSaver,
});

describe("two branches from one checkpoint", () => {
  it("are both kept, as with a saver in memory", async () => {
    const saver = await openSaver();
    const graph = graphOn(saver, () => "answer");
    const thread = { configurable: { thread_id: "fork" } };
    const say = (text: string, from: typeof thread) =>
      graph.invoke({ messages: [new HumanMessage(text)] }, from);

    await say("one", thread);
    const { config } = await graph.getState(thread);
    await say("two, original", thread);
    const fork = { configurable: { ...thread.configurable, ...config.configurable } };
    await say("two, edited", fork);

    const { values } = await graph.getState(thread);
    const said = (values.messages as (HumanMessage | AIMessage)[]).map(({ text }) => text);
    expect(said).toEqual(["one", "answer", "two, edited", "answer"]);
  });
});

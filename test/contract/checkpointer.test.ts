import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import { validate } from "@langchain/langgraph-checkpoint-validation";
import { afterAll, describe, expect, it } from "vitest";
import { createDatabase, type Statement } from "#lib/platform/postgres.ts";
import { threadTables } from "#lib/thread/delete-threads.ts";
import { ThreadSaver } from "#lib/thread/thread-saver.ts";
import { openTestDatabase } from "#test/support/database.ts";
import { graphOn } from "./turn-steps.ts";

const test = await openTestDatabase();
const database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
afterAll(() => test.close());

/** The saver of a turn, except that each write is sent at once. */
class SendingSaver extends ThreadSaver {
  protected override async write(statements: Statement[]): Promise<void> {
    if (statements.length > 0) await database.transaction(statements);
  }
}

async function openSaver() {
  // Empties one database, because thirty new databases took most of this file's time.
  await database.transaction(
    threadTables.map((table) => ({ text: `delete from ${table}`, params: [] })),
  );
  return new SendingSaver(database);
}

validate({
  checkpointerName: "PostgresSaver over HTTP transactions",
  createCheckpointer: openSaver,
});

describe("two branches from one checkpoint", () => {
  it("are both kept, like in a saver in memory", async () => {
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

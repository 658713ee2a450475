import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { validate } from "@langchain/langgraph-checkpoint-validation";
import { describe, expect, it } from "vitest";
import { createDatabase } from "#lib/platform/postgres.ts";
import { ForkSafePostgresSaver } from "#lib/turn/fork-safe-saver.ts";
import { createSaverPool } from "#lib/turn/saver-pool.ts";
import { openTestDatabase } from "#test/support/database.ts";
import { graphOn } from "./turn-store-fixture.ts";

/** The saver as a turn uses it, but for one thing: a transaction goes out at its COMMIT. */
async function openSaver() {
  const test = await openTestDatabase();
  const database = createDatabase({ url: async () => test.url, endpoint: test.sqlEndpoint });
  const pool = createSaverPool({
    read: (statement) => database.query(statement),
    async commit(statements) {
      await database.transaction(statements);
    },
  });
  return { saver: new ForkSafePostgresSaver(pool), test };
}

const opened = new Map<BaseCheckpointSaver, Awaited<ReturnType<typeof openTestDatabase>>>();

validate({
  checkpointerName: "PostgresSaver over HTTP transactions",
  async createCheckpointer() {
    const { saver, test } = await openSaver();
    opened.set(saver, test);
    return saver;
  },
  async destroyCheckpointer(saver) {
    await opened.get(saver)?.close();
  },
});

describe("two branches from one checkpoint", () => {
  it("are both kept, as with a saver in memory", async () => {
    const { saver, test } = await openSaver();
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
    await test.close();
  });
});

import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readAll } from "#test/support/chat-client.ts";
import { checkRecord } from "./check-record.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { readThread, threadFault } from "./read-thread.ts";
import { createRecord } from "./record.ts";
import { isFullRun } from "./run-size.ts";
import { turnsWith } from "./turns-with.ts";

// No runner dies here: the short lease of the others would only be lost to a busy machine.
const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 }, { LEASE_SECONDS: "15" });
const duplicates = isFullRun ? 20 : 3;

describe("a message", () => {
  it(`sent ${duplicates} times at once with one key is one turn, and another body with the key is refused`, async (context) => {
    const key = randomUUID();
    // Twenty cold starts at once may find the database too slow for them on a busy machine: 503, and sent again.
    const client = createPersistentClient(system.client, createRecord(), 60_000);
    const first = await Promise.all(
      Array.from({ length: duplicates }, () => client.send("Hello", undefined, key)),
    );
    expect(new Set(first.map(({ turn_id }) => turn_id)).size).toBe(1);
    const conversationId = first[0]?.conversation_id;
    for (const body of [
      { message: "Another" },
      { message: "Another", conversation_id: conversationId },
      { message: "Hello", conversation_id: conversationId },
    ]) {
      const reused = await system.client.sendJson("POST", "/api/v1/chat", body, {
        "idempotency-key": key,
      });
      expect(reused.status).toBe(422);
    }
    const { rowCount } = await system.pool.query("select from turns where conversation_id = $1", [
      conversationId,
    ]);
    noteFigures(context, { duplicates, rows: rowCount ?? 0 });
    expect(rowCount).toBe(1);
  });

  it.runIf(isFullRun)(
    "is answered in its turn, however many come at once, and the eleventh that waits is refused",
    async (context) => {
      const record = createRecord();
      const client = createPersistentClient(system.client, record, 30_000);
      const first = await client.send("My name is Ada, first of many.");
      const others = await Promise.all(
        Array.from({ length: 9 }, (_, index) =>
          client.send(`What is my name? Number ${index}.`, first.conversation_id),
        ),
      );
      const body = { message: "One too many.", conversation_id: first.conversation_id };
      const refused = await system.client.sendJson("POST", "/api/v1/chat", body);
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({ type: "queue_full" });
      await Promise.all([first, ...others].map((sent) => client.read(sent)));
      const { details, ...findings } = await checkRecord(record, system.pool);
      noteFigures(context, { readers: 10, ...findings });
      expect(details).toEqual([]);
      expect(findings.done).toBe(10);
    },
  );

  it("is answered in a thread that an older version left broken", async () => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, 30_000);
    const first = await client.send("My name is Ada, in a thread to be broken.");
    await client.read(first);
    await client.read(await client.send("What is 12.5% of 480?", first.conversation_id));
    await breakThread(first.conversation_id);
    // An instance keeps the thread of its last turn, and would not read the broken one.
    await system.twin.functionKill("chat-stream");
    expect(threadFault(await readThread(system.pool, first.conversation_id))).toBeDefined();
    const next = await client.send("What is my name, in spite of it?", first.conversation_id);
    await client.read(next);
    expect(record.ends.at(-1)).toMatchObject({ kind: "done" });
    expect(record.ends.at(-1)?.text).toContain("Ada");
    expect(system.twin.parts.bedrock.rejections).toEqual([]);
  });
});

describe("a message that streams its answer", { timeout: 300_000 }, () => {
  it("is one turn if it is sent several times at once", async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, 30_000);
    const key = randomUUID();
    const message = "Said once, sent five times.";
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => client.stream(message, undefined, key)),
    );
    await Promise.all(sent.map(({ answered }) => answered));
    expect(new Set(sent.map(({ turn_id }) => turn_id)).size).toBe(1);
    expect(await turnsWith(system.pool, message)).toMatchObject([{ status: "done", attempts: 1 }]);
    expect(record.ends).toHaveLength(5);
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { duplicates: 5, ...findings });
    expect(details).toEqual([]);
  });

  it("follows the runner of an older message, and then runs itself", async () => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, 30_000);
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const first = await client.stream("Write a long answer, with a message behind it.");
    await gate.reached;
    const second = await client.stream("What is 2+2, behind it?", first.conversation_id);
    gate.release();
    await Promise.all([first.answered, second.answered]);
    // The second stream told both ends.
    expect(record.ends.map(({ turnId }) => turnId).sort()).toEqual(
      [first.turn_id, first.turn_id, second.turn_id].sort(),
    );
    expect((await checkRecord(record, system.pool)).details).toEqual([]);
  });

  it("is refused as the eleventh open message, and that refusal runs nothing", async () => {
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 1 });
    const first = await system.client.stream("The first of ten.");
    await gate.reached;
    const query = new URLSearchParams(first.headers.get("content-location")?.split("?")[1]);
    const conversationId = query.get("conversation_id") ?? "";
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        system.client.stream(`Open message ${index}.`, conversationId),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(9);
    expect(statuses.filter((status) => status === 409)).toHaveLength(3);
    gate.release();
    await Promise.all(
      [first, ...answers].filter(({ status }) => status === 200).map((answer) => readAll(answer)),
    );
    const { rows } = await system.pool.query(
      "select status, attempts from turns where conversation_id = $1",
      [conversationId],
    );
    expect(rows).toEqual(Array(10).fill({ status: "done", attempts: 1 }));
  });
});

/** Takes the results of its tools out of a thread, as a crash between two checkpoints would have left it. */
async function breakThread(conversationId: string): Promise<void> {
  const which = "where thread_id = $1 and channel = 'messages'";
  const { rows } = await system.pool.query<{ blob: Buffer }>(
    `select blob from checkpoint_blobs ${which}`,
    [conversationId],
  );
  const messages: { id: string[] }[] = JSON.parse(String(rows[0]?.blob));
  const broken = messages.filter(({ id }) => id.at(-1) !== "ToolMessage");
  await system.pool.query(`update checkpoint_blobs set blob = $2 ${which}`, [
    conversationId,
    Buffer.from(JSON.stringify(broken)),
  ]);
}

import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkRecord } from "./check-record.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { createRecord } from "./record.ts";
import { isFullRun } from "./run-size.ts";
import { turnsWith } from "./turns-with.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 });
const rounds = isFullRun ? 20 : 1;
const patienceMs = 30_000;

/** Opens a client whose messages stream their answer, and a function that compares what it saw with what is stored. */
function openClient() {
  const record = createRecord();
  const client = createPersistentClient(system.client, record, patienceMs);
  return { record, client, check: () => checkRecord(record, system.pool) };
}

/** Runs `act` when the request that accepts and claims reaches the database, before its statements run. */
async function duringAccept(act: () => Promise<unknown>, fate?: "cut-answer"): Promise<void> {
  const { neon } = system.twin.parts;
  const reached = Promise.withResolvers<void>();
  neon.fault = async ({ body }) => {
    if (!body.includes("accept_turn(")) return undefined;
    neon.fault = undefined;
    try {
      await act();
      reached.resolve();
    } catch (error) {
      reached.reject(error);
    }
    return fate;
  };
  await reached.promise;
}

describe("a message that streams its answer", { timeout: 300_000 }, () => {
  it(`survives a runner that is killed before its first model call (${rounds} times)`, async (context) => {
    const { client, check } = openClient();
    for (let round = 0; round < rounds; round += 1) {
      const message = `My name is Ada. Kill ${round}.`;
      const sending = client.stream(message);
      // Its statements still run: the message is stored, the lease is taken, and nobody renews the lease.
      await duringAccept(() => system.twin.functionKill("chat-stream"));
      const sent = await sending;
      await sent.answered;
      expect(await turnsWith(system.pool, message)).toMatchObject([
        { status: "done", attempts: 2 },
      ]);
    }
    const { details, ...findings } = await check();
    noteFigures(context, { kills: rounds, ...findings });
    expect(details).toEqual([]);
  });

  it(`survives a lost reply of the database, with one attempt (${rounds} times)`, async (context) => {
    const { client, check } = openClient();
    for (let round = 0; round < rounds; round += 1) {
      const message = `My name is Bea. Reply ${round}.`;
      const losing = duringAccept(async () => {}, "cut-answer");
      const sent = await client.stream(message);
      await losing;
      await sent.answered;
      expect(await turnsWith(system.pool, message)).toMatchObject([
        { status: "done", attempts: 1 },
      ]);
    }
    const { details, ...findings } = await check();
    noteFigures(context, { lost_replies: rounds, ...findings });
    expect(details).toEqual([]);
  });

  it(`is answered once if its runner freezes before its first model call (${rounds} times)`, async (context) => {
    const { client, check } = openClient();
    for (let round = 0; round < rounds; round += 1) {
      const message = `My name is Cleo. Freeze ${round}.`;
      const key = randomUUID();
      const sending = client.stream(message, undefined, key);
      let thaw = () => {};
      await duringAccept(async () => {
        ({ thaw } = system.twin.functionFreeze("chat-stream"));
      });
      // The frozen runner has the lease, before the same message comes again.
      await expect
        .poll(() => turnsWith(system.pool, message))
        .toMatchObject([{ status: "running" }]);
      const again = await client.stream(message, undefined, key);
      await again.answered;
      thaw();
      const first = await sending;
      expect(first.turn_id).toBe(again.turn_id);
      await first.answered;
      const next = await client.stream(`What is my name? Freeze ${round}.`, first.conversation_id);
      await next.answered;
      expect(await turnsWith(system.pool, message)).toMatchObject([
        { status: "done", attempts: 2 },
      ]);
    }
    const { details, ...findings } = await check();
    noteFigures(context, { zombies: rounds, ...findings });
    expect(details).toEqual([]);
  });

  it("is answered although its reader leaves before the first byte", async () => {
    const leaving = new AbortController();
    const message = "Nobody waits for this answer.";
    const sending = expect(
      system.client.send("/api/v1/chat/stream", {
        method: "POST",
        body: JSON.stringify({ message }),
        headers: { "content-type": "application/json" },
        signal: leaving.signal,
      }),
    ).rejects.toThrow();
    await duringAccept(async () => {
      leaving.abort();
      await sending;
    });
    await expect
      .poll(() => turnsWith(system.pool, message), { timeout: patienceMs })
      .toMatchObject([{ status: "done", attempts: 1 }]);
  });

  it("does not come back if its conversation is deleted while it is answered", async () => {
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const { client } = openClient();
    const sent = await system.client.stream("Soon to be gone, in one request.");
    await gate.reached;
    const query = new URLSearchParams(sent.headers.get("content-location")?.split("?")[1]);
    const path = `/api/v1/conversations/${query.get("conversation_id")}`;
    expect((await system.client.send(path, { method: "DELETE" })).status).toBe(204);
    gate.release();
    await sent.text();
    expect(await turnsWith(system.pool, "Soon to be gone, in one request.")).toEqual([]);
    // Nobody holds a lock or a lease that the next message would wait for.
    await (await client.stream("And the next one?")).answered;
  });
});

it.runIf(isFullRun)(
  "an idle minute sends nothing to the database",
  { timeout: 120_000 },
  async () => {
    const { client } = openClient();
    await (await client.stream("The last message before a minute of silence.")).answered;
    const { neon } = system.twin.parts;
    const before = neon.requests("app");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    expect(neon.requests("app") - before).toBe(0);
  },
);

import { describe, expect, it } from "vitest";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import type { Trace } from "#lib/contract/trace.ts";
import { readEvents } from "#test/support/chat-client.ts";
import { checkRecord } from "./check-record.ts";
import { leaseSeconds, openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { holdRequest, requests } from "./hold-request.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { createRecord, createStreamWitness } from "./record.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 });
const inFullRun = it.runIf(isFullRun);
const rounds = isFullRun ? 20 : 1;
const patienceMs = 30_000;

/** Resolves once nobody holds the lease any more, by the database's clock. */
async function leaseToRunOut(conversationId: string): Promise<void> {
  const isOver = async () => {
    const { rowCount } = await system.pool.query(
      "select from conversations where id = $1 and lease_until <= now()",
      [conversationId],
    );
    return rowCount === 1;
  };
  await expect.poll(isOver, { interval: 20, timeout: leaseSeconds * 3_000 }).toBe(true);
}

/** A runner begins the answer and is killed after so many deltas; its lease is over. */
async function loseRunner(sent: ChatAccepted, afterDeltas: number): Promise<void> {
  const gate = system.twin.parts.bedrock.script.hold({ afterDeltas });
  const stream = system.client.send(sent.stream_url);
  await gate.reached;
  await system.twin.functionKill("chat-stream");
  await stream.then((response) => response.text()).catch(() => {});
  await leaseToRunOut(sent.conversation_id);
}

describe("a runner that was replaced", { timeout: 300_000 }, () => {
  it(`cannot write its late end into the thread (${rounds} times)`, async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, patienceMs);
    for (let round = 0; round < rounds; round += 1) {
      const first = await client.send(`My name is Ada. Round ${round}.`);
      const end = holdRequest(system.twin.parts.neon, requests.end);
      const reading = client.read(first);
      await end.reached;
      await leaseToRunOut(first.conversation_id);
      // Another runner answers this message and the next, while the first one's commit is on its way.
      await client.read(first);
      const next = await client.send(`What is my name? Round ${round}.`, first.conversation_id);
      await client.read(next);
      await end.release();
      await reading;
    }
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { zombies: rounds, ...findings });
    expect(details).toEqual([]);
  });

  inFullRun(
    `cannot write after it was frozen in a model call (${rounds} times)`,
    async (context) => {
      const record = createRecord();
      const client = createPersistentClient(system.client, record, patienceMs);
      for (let round = 0; round < rounds; round += 1) {
        const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 3 });
        const first = await client.send(`My name is Grace. Round ${round}.`);
        const reading = client.read(first);
        await gate.reached;
        const frozen = system.twin.functionFreeze("chat-stream");
        await leaseToRunOut(first.conversation_id);
        await client.read(first);
        const next = await client.send(`What is my name? Round ${round}.`, first.conversation_id);
        await client.read(next);
        gate.release();
        frozen.thaw();
        await reading;
      }
      const { details, ...findings } = await checkRecord(record, system.pool);
      noteFigures(context, { zombies: rounds, ...findings });
      expect(details).toEqual([]);
    },
  );
});

describe("a runner that dies", () => {
  it("is replaced within the lease and one look, and nobody reads done before the commit", async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, patienceMs);
    const sent = await client.send("What time is it? Answer in full.");
    const end = holdRequest(system.twin.parts.neon, requests.end);
    const witness = createStreamWitness(record);
    const readAll = async () => {
      for await (const event of readEvents(await system.client.send(sent.stream_url))) {
        witness.see(event);
      }
    };
    // Expected from here on: the connection may be cut before the kill is reported.
    const cut = expect(readAll()).rejects.toThrow();
    await end.reached;
    await system.twin.functionKill("chat-stream");
    const killedAt = performance.now();
    await cut;
    await end.drop();
    expect(record.ends).toEqual([]);
    await client.read(sent);
    const takeoverMs = Math.round(performance.now() - killedAt);
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { takeover_ms: takeoverMs, ...findings });
    expect(details).toEqual([]);
    // A cold start is part of it, on a machine that may be busy.
    expect(takeoverMs).toBeLessThan(leaseSeconds * 1_000 + 8_000);
  });

  it("in mid-answer is a lost attempt of the trace, before the one that took over", async () => {
    const sent = await system.client.post("This one kills its runner.");
    const traceOf = async () =>
      (await (await system.client.send(`/api/v1/traces/${sent.turn_id}`)).json()) as Trace;
    await loseRunner(sent, 3);
    expect((await traceOf()).attempts).toMatchObject([{ attempt: 1, outcome: "lost", spans: [] }]);
    await (await system.client.send(sent.stream_url)).text();
    const { status, attempts } = await traceOf();
    expect(status).toBe("done");
    expect(attempts).toMatchObject([
      { attempt: 1, outcome: "lost", spans: [] },
      { attempt: 2, outcome: "done" },
    ]);
    const [lost, done] = attempts;
    expect(done?.spans.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["claim", "model", "commit"]),
    );
    // The lease, which the process could no longer renew, is the end of the lost attempt.
    expect(lost?.duration_ms).toBeGreaterThan(0);
    expect(done?.start_ms).toBeGreaterThanOrEqual(
      Number(lost?.start_ms) + Number(lost?.duration_ms),
    );
  });

  inFullRun("three times leaves a failed turn, and the next message is answered", async () => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, patienceMs);
    const first = await client.send("This one kills its runner.");
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await loseRunner(first, 1);
    }
    await client.read(first);
    expect(record.ends).toMatchObject([{ kind: "failed", attempt: 3 }]);
    const next = await client.send("And this one does not.", first.conversation_id);
    await client.read(next);
    const { details, ...findings } = await checkRecord(record, system.pool);
    expect(details).toEqual([]);
    expect(findings).toMatchObject({ failed: 1, done: 1 });
  });

  inFullRun("can still be stopped, and the conversation goes on", async () => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, patienceMs);
    const first = await client.send("Write a long answer, to be stopped.");
    await loseRunner(first, 5);
    for (let press = 0; press < 2; press += 1) {
      const stopped = await system.client.send(first.stream_url, { method: "DELETE" });
      expect(await stopped.json()).toMatchObject({ status: "stopped" });
    }
    await client.read(first);
    await client.read(await client.send("What is 2+2, after the stop?", first.conversation_id));
    const { details, ...findings } = await checkRecord(record, system.pool);
    expect(details).toEqual([]);
    expect(findings).toMatchObject({ stopped: 1, done: 1 });
  });
});

describe("a stop", () => {
  inFullRun("ends the model's work within two seconds", async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, patienceMs);
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 5 });
    const sent = await client.send("Write a long answer that nobody wants.");
    const reading = client.read(sent);
    await gate.reached;
    const stopped = await system.client.send(sent.stream_url, { method: "DELETE" });
    expect(stopped.status).toBe(200);
    const pressedAt = performance.now();
    await reading;
    const stopMs = Math.round(performance.now() - pressedAt);
    noteFigures(context, { stop_ms: stopMs });
    expect(stopMs).toBeLessThan(2_000);
    await expect(system.twin.parts.bedrock.calls.at(-1)?.ended).resolves.toBe("abandoned");
  });
});

describe("a conversation that is deleted while it is answered", () => {
  inFullRun("does not come back", async () => {
    const gate = system.twin.parts.bedrock.script.hold({ afterDeltas: 3 });
    const sent = await system.client.post("Soon to be gone.");
    const stream = system.client.send(sent.stream_url);
    await gate.reached;
    const path = `/api/v1/conversations/${sent.conversation_id}`;
    expect((await system.client.send(path, { method: "DELETE" })).status).toBe(204);
    gate.release();
    await (await stream).text();
    const left = await system.pool.query(
      `select from turns where conversation_id = $1 union all
       select from checkpoints where thread_id = $1::text`,
      [sent.conversation_id],
    );
    expect(left.rowCount).toBe(0);
  });
});

import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startPostgres } from "#local/postgres/start-postgres.ts";
import { readEvents } from "#test/support/chat-client.ts";
import { checkRecord } from "./check-record.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { createRecord, createStreamWitness } from "./record.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 20 }, { LEASE_SECONDS: "15" });

describe.runIf(isFullRun)("while the database is down", () => {
  it("every message is refused with 503 in time, and everything goes on when it returns", async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, 60_000);
    const talks = await Promise.all(
      Array.from({ length: 4 }, (_, index) => client.send(`Write a long answer. Talk ${index}.`)),
    );
    const reading = talks.map((sent) => client.read(sent));
    await delay(500);
    const { postgres } = system.twin.parts;
    await postgres.stop();
    const refusals: { status: number; retryAfter: string | null; ms: number }[] = [];
    const downUntil = performance.now() + 20_000;
    while (performance.now() < downUntil) refusals.push(await timedPost());
    const dataDirectory = postgres.dataDirectory;
    const again = await startPostgres({ dataDirectory });
    const returnedAt = performance.now();
    try {
      expect(again.port).toBe(postgres.port);
      await client.send("Are you back?");
      const recoveryMs = Math.round(performance.now() - returnedAt);
      await Promise.all(reading);
      await Promise.all(talks.map(async (sent) => client.read(sent)));
      const { details, ...findings } = await checkRecord(
        { ...record, acknowledged: record.acknowledged.slice(0, 4) },
        system.pool,
      );
      const slowestMs = Math.round(Math.max(...refusals.map(({ ms }) => ms)));
      noteFigures(context, { refusals: refusals.length, slowestMs, recoveryMs, ...findings });
      expect(details).toEqual([]);
      for (const refusal of refusals) expect(refusal).toMatchObject({ status: 503 });
      for (const { retryAfter } of refusals) expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(slowestMs).toBeLessThan(5_000);
      expect(recoveryMs).toBeLessThan(2_000);
    } finally {
      await again.stop();
      await startPostgres({ dataDirectory });
    }
  }, 120_000);

  async function timedPost() {
    const startedAt = performance.now();
    const response = await system.client.sendJson("POST", "/api/v1/chat", { message: "Hello?" });
    await response.body?.cancel();
    const ms = performance.now() - startedAt;
    return { status: response.status, retryAfter: response.headers.get("retry-after"), ms };
  }
});

describe.runIf(isFullRun)("a black hole in front of the database", () => {
  it("does not hold up a message for more than five seconds, nor the tokens of an answer at all", async (context) => {
    const record = createRecord();
    const witness = createStreamWitness(record);
    const { neon } = system.twin.parts;
    const sent = await system.client.post("Write a long answer, past the black hole.");
    record.acknowledged.push({
      conversationId: sent.conversation_id,
      turnId: sent.turn_id,
      message: "Write a long answer, past the black hole.",
    });
    let deltas = 0;
    let slowestPostMs = 0;
    for await (const event of readEvents(await system.client.send(sent.stream_url))) {
      witness.see(event);
      if (event.event !== "delta") continue;
      deltas += 1;
      if (deltas === 5) {
        neon.fault = () => "hang";
        const startedAt = performance.now();
        const refused = await system.client.sendJson("POST", "/api/v1/chat", { message: "Hi?" });
        slowestPostMs = Math.round(performance.now() - startedAt);
        expect(refused.status).toBe(503);
        neon.fault = undefined;
      }
    }
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { deltas, slowestPostMs, ...findings });
    expect(details).toEqual([]);
    expect(slowestPostMs).toBeLessThan(5_000);
    expect(record.ends).toMatchObject([{ kind: "done", attempt: 1 }]);
  });
});

describe.runIf(isFullRun)("a connection to the database", () => {
  const cuts = 50;

  it(`may be cut ${cuts} times, before and after the work is done`, async (context) => {
    const record = createRecord();
    const client = createPersistentClient(system.client, record, 60_000);
    let done = 0;
    let requests = 0;
    system.twin.parts.neon.fault = () => {
      requests += 1;
      if (requests % 2 === 0 || done >= cuts) return undefined;
      done += 1;
      return done % 2 === 0 ? "cut" : "cut-answer";
    };
    let conversationId: string | undefined;
    for (let count = 0; done < cuts; count += 1) {
      const sent = await client.send(`What is ${count}+1?`, conversationId);
      conversationId = sent.conversation_id;
      await client.read(sent);
    }
    system.twin.parts.neon.fault = undefined;
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { cuts, ...findings });
    expect(details).toEqual([]);
    expect(findings.failed).toBe(0);
  });
});

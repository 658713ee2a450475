import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import type { ChatAccepted, ToolCall, TurnState } from "#lib/contract/chat.ts";
import { startPostgres } from "#local/postgres/start-postgres.ts";
import { readEvents } from "#test/support/chat-client.ts";
import { actingModel, actMessage, noteCall, type WantedCall, webhookCall } from "./acting-model.ts";
import { breakThere, holdAt } from "./break-there.ts";
import { checkEffects, whatTheModelMissed } from "./check-effects.ts";
import { checkMoney } from "./check-money.ts";
import { checkRecord } from "./check-record.ts";
import { startEffectReceiver } from "./effect-receiver.ts";
import {
  actingStrikes,
  decisionStrikes,
  earlyStrikes,
  parkingStrikes,
  type Strike,
} from "./effect-strikes.ts";
import { openFaultTwin, runners } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { createPerson } from "./person.ts";
import { createRecord, createStreamWitness } from "./record.ts";
import { isFullRun } from "./run-size.ts";

const patienceMs = 30_000;
const receivers = { allow: await startEffectReceiver(), ask: await startEffectReceiver() };
afterAll(async () => {
  for (const receiver of Object.values(receivers)) await receiver.close();
});

/** Of each policy. Every one costs a lease, and the short run has to be short. */
const shortRun = {
  allow: [
    "kill after the request at the effect",
    "freeze after the request at the claim of the receipt",
  ],
  ask: [
    "kill, and lose the request at the parking",
    "kill after the request at the last decision",
    "freeze, and delay the request at the settlement of the receipt",
  ],
};
const chosen = (policy: keyof typeof shortRun, strikes: Strike[]) =>
  strikes.filter(
    ({ blow, moment }) => isFullRun || shortRun[policy].includes(`${blow} at the ${moment}`),
  );

describe("a call that the policy allows", { timeout: 120_000 }, () => {
  const talks = openTalks("allow");
  const { system, receiver, person, send, readOnce, read, expectEnd, expectKnown, timesOf, check } =
    talks;
  const inFullRun = it.runIf(isFullRun);

  it.each(chosen("allow", [...earlyStrikes, ...actingStrikes]))(
    "happens at most once: $blow at the $moment",
    async (strike) => {
      const { sent, calls } = await send(webhookCall, noteCall);
      if (strike.moment === "next model call") system.twin.parts.bedrock.script.add({});
      const held = holdAt(strike.moment, system, receiver);
      const reading = readOnce(sent);
      await breakThere(strike, held, system, () => read(sent));
      await reading;
      await expectEnd(sent, strike, calls);
    },
  );

  inFullRun("is unknown if the receiver breaks the connection", async () => {
    const { sent, calls } = await send(webhookCall, noteCall);
    receiver.cutNext();
    await read(sent);
    await expectEnd(sent, { shown: "unknown", times: 1 }, calls);
  });

  inFullRun("is unknown if a person stops the turn during the effect", async () => {
    const { sent, calls } = await send(webhookCall, noteCall);
    const held = receiver.hold();
    const reading = readOnce(sent);
    await held.reached;
    await person.stop(sent);
    await reading;
    held.release();
    const { status, tools } = await person.stateOf(sent);
    expect(status).toBe("stopped");
    expect(tools.map(({ state }) => state)).toEqual(["unknown"]);
    expect(await Promise.all(calls.map(timesOf))).toEqual([1, 0]);
    await expectKnown(sent, tools);
  });

  inFullRun("lets its turn end, even if the runner dies in each of four effects", async () => {
    const { sent, calls } = await send(webhookCall, webhookCall, webhookCall, webhookCall);
    for (const _ of calls) {
      const held = receiver.hold();
      const reading = readOnce(sent);
      await held.reached;
      for (const runner of runners) await system.twin.functionKill(runner);
      await reading;
    }
    await read(sent);
    const { status, tools } = await person.stateOf(sent);
    expect(status).toBe("done");
    expect(tools.map(({ state }) => state)).toEqual(Array(4).fill("unknown"));
    expect(await Promise.all(calls.map(timesOf))).toEqual(Array(4).fill(1));
    await expectKnown(sent, tools);
  });

  inFullRun("is shown if a person stops the turn after the runner died", async () => {
    const { sent, calls } = await send(webhookCall, webhookCall, webhookCall);
    for (const _ of calls) {
      const held = receiver.hold();
      const reading = readOnce(sent);
      await held.reached;
      for (const runner of runners) await system.twin.functionKill(runner);
      await reading;
    }
    await person.stop(sent);
    await read(sent);
    const { status, tools } = await person.stateOf(sent);
    expect(status).toBe("stopped");
    expect(tools.map(({ state }) => state)).toEqual(["unknown", "unknown", "unknown"]);
    expect(await Promise.all(calls.map(timesOf))).toEqual([1, 1, 1]);
    await expectKnown(sent, tools);
  });

  inFullRun("is known to the next turn, if its turn fails after three attempts", async () => {
    const { sent, calls } = await send(webhookCall, noteCall);
    const { script } = system.twin.parts.bedrock;
    script.add({});
    // The first attempt gets on: it has its effects.
    for (let attempt = 0; attempt <= 3; attempt += 1) {
      const held = script.hold({ afterDeltas: 1 });
      const reading = readOnce(sent);
      await held.reached;
      for (const runner of runners) await system.twin.functionKill(runner);
      await reading;
    }
    await read(sent);
    const { status, tools } = await person.stateOf(sent);
    expect(status).toBe("failed");
    expect(tools.map(({ state }) => state)).toEqual(["done", "done"]);
    expect(await Promise.all(calls.map(timesOf))).toEqual([1, 1]);
    await expectKnown(sent, tools);
  });

  it("leaves a record without a fault", check);
});

describe("a call that a person approves", { timeout: 120_000 }, () => {
  const talks = openTalks("ask");
  const { system, receiver, person, send, readOnce, read, untilWaiting, untilEnded, choose } =
    talks;
  const { expectEnd, check } = talks;

  it.each(chosen("ask", [...earlyStrikes, ...parkingStrikes]))(
    "waits and happens once: $blow at the $moment",
    async (strike) => {
      const { sent, calls } = await send(webhookCall, noteCall, webhookCall);
      const held = holdAt(strike.moment, system, receiver);
      const reading = readOnce(sent);
      await breakThere(strike, held, system, () => untilWaiting(sent));
      await reading;
      await person.decide(await untilWaiting(sent), choose);
      await read(sent);
      await expectEnd(sent, strike, calls);
    },
  );

  it.each(chosen("ask", [...decisionStrikes, ...actingStrikes]))(
    "happens at most once: $blow at the $moment",
    async (strike) => {
      const { sent, calls } = await send(webhookCall, noteCall, webhookCall);
      const waiting = await untilWaiting(sent);
      const last = waiting.tools.at(-1);
      const ofLast =
        strike.moment === "last decision" ? [last?.id, last?.approval?.arguments_sha256] : [];
      const held = holdAt(strike.moment, system, receiver, ...ofLast.map(String));
      const deciding = person.decide(waiting, choose);
      // Nobody reads after a decision: the turn must go on without a reader. A frozen runner is replaced by a reader.
      const isWokenUp = decisionStrikes.includes(strike) && !strike.blow.startsWith("freeze");
      await breakThere(strike, held, system, () => (isWokenUp ? untilEnded(sent) : read(sent)));
      await deciding;
      await expectEnd(sent, strike, calls);
    },
  );

  it.runIf(isFullRun)("waits through the death of every process and of the database", async () => {
    const { sent, calls } = await send(webhookCall, noteCall, webhookCall);
    const waiting = await untilWaiting(sent);
    for (const name of [...runners, "chat-decide"]) await system.twin.functionKill(name);
    const { postgres } = system.twin.parts;
    await postgres.stop();
    await startPostgres({ dataDirectory: postgres.dataDirectory });
    expect(await untilWaiting(sent)).toEqual(waiting);
    await person.decide(waiting, choose);
    await read(sent);
    await expectEnd(sent, { shown: "done", times: 1 }, calls);
  });

  it("leaves a record without a fault", check);
});

/** Opens a system whose tools with effects all have this policy, and a client with a person. */
function openTalks(policy: "allow" | "ask") {
  const receiver = receivers[policy];
  const writing = ["send_webhook", "save_note"];
  const system = openFaultTwin(
    { firstTokenMs: 0, tokensPerSecond: 0 },
    {
      TOOL_POLICY: JSON.stringify(writing.map((tool) => ({ tool, policy }))),
      WEBHOOKS: JSON.stringify({ recorder: receiver.address }),
      // A killed runner costs its turn the worst case of a call. Some tests kill four.
      BUDGET_TURN_USD: "5",
    },
  );
  const asked = policy === "ask" ? writing : [];
  const record = createRecord();
  const conversationIds: string[] = [];
  const counts = { strikes: 0 };
  beforeAll(async () => {
    system.twin.parts.bedrock.model = actingModel;
    await system.client.sendJson("PATCH", "/api/v1/notes", { enabled: true });
  });
  const client = () => createPersistentClient(system.client, record, patienceMs);
  const person = createPerson(() => system.client, record, patienceMs);
  /** The third call of a message is refused. */
  const choose = ({ id }: ToolCall) => (id.endsWith(".2") ? "deny" : "approve");

  async function send(...kinds: ((effect: string) => WantedCall)[]) {
    const calls = kinds.map((kind) => kind(randomUUID()));
    const sent = await client().send(actMessage(calls));
    conversationIds.push(sent.conversation_id);
    return { sent, calls };
  }

  /** Reads one stream, until it ends or breaks. */
  async function readOnce({ stream_url }: Pick<ChatAccepted, "stream_url">): Promise<void> {
    const witness = createStreamWitness(record);
    try {
      for await (const event of readEvents(await system.client.send(stream_url)))
        witness.see(event);
    } catch {
      // The process that wrote it was killed.
    }
  }

  async function untilWaiting(sent: ChatAccepted): Promise<TurnState> {
    const giveUpAt = performance.now() + patienceMs;
    while (performance.now() < giveUpAt) {
      const turn = await person.stateOf(sent);
      if (turn.status === "waiting") return turn;
      await readOnce(sent);
    }
    throw new Error("stuck: a turn never waited");
  }

  const read = (sent: ChatAccepted & { key: string }) => client().read(sent);

  const untilEnded = (sent: ChatAccepted) =>
    expect
      .poll(() => person.stateOf(sent), { timeout: patienceMs })
      .toMatchObject({ finished_at: expect.any(String) });

  async function expectEnd(
    sent: ChatAccepted,
    { shown, times }: Pick<Strike, "shown" | "times">,
    calls: WantedCall[],
  ): Promise<void> {
    counts.strikes += 1;
    const turn = await person.stateOf(sent);
    expect(turn.status).toBe("done");
    const states = turn.tools.map(({ state }) => state);
    expect(states).toEqual([shown, "done", "denied"].slice(0, calls.length));
    const [first, ...others] = await Promise.all(calls.map(timesOf));
    if (times !== undefined) expect(first).toBe(times);
    expect(first).toBeLessThanOrEqual(1);
    expect(others).toEqual([1, 0].slice(0, others.length));

    await expectKnown(sent, turn.tools);
  }

  /** The next model call of the conversation knows what became of the calls. */
  async function expectKnown(sent: ChatAccepted, tools: readonly ToolCall[]): Promise<void> {
    const { bedrock } = system.twin.parts;
    const message = `What has happened? ${randomUUID()}`;
    await read(await client().send(message, sent.conversation_id));
    expect(whatTheModelMissed(bedrock, message, tools)).toEqual([]);
    expect(bedrock.rejections).toEqual([]);
    expect(bedrock.script.remaining).toBe(0);
  }

  async function timesOf({ name, effect }: WantedCall): Promise<number> {
    if (name === "save_note") {
      const { rowCount } = await system.pool.query("select from notes where text = $1", [effect]);
      return rowCount ?? 0;
    }
    return receiver.received.filter(({ body }) => JSON.stringify(body).includes(effect)).length;
  }

  async function check(context: TestContext): Promise<void> {
    const talks = conversationIds.map((conversationId) => ({
      client: system.client,
      conversationId,
    }));
    const parts = { pool: system.pool, received: receiver.received, asked };
    const { details, ...effects } = await checkEffects(talks, parts);
    const { details: overdrawn, ...money } = await checkMoney(
      system.twin.parts.bedrock,
      system.pool,
    );
    const { details: faults, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { ...counts, ...findings, ...effects, ...money });
    expect([...details, ...overdrawn, ...faults]).toEqual([]);
    expect(effects.tried).toBeGreaterThan(0);
  }

  return {
    ...{ system, receiver, person, send, readOnce, read, untilWaiting, untilEnded, choose },
    ...{ expectEnd, expectKnown, timesOf, check },
  };
}

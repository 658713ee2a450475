import { expect, it } from "vitest";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { DatabaseUnavailable, type Statement } from "#lib/platform/postgres.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { runParts } from "#test/support/run-parts.ts";
import { agentTurn, openDemoAgent } from "./open-demo-agent.ts";
import { openStores, type Turns } from "./open-stores.ts";
import {
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  type LeaseWithThread,
  leaseOf,
  newOwner,
  runGraph,
} from "./turn-steps.ts";

const { database, letLeaseRunOut, sql, threadOf, turnsOn } = await openStores();
const { bedrock, createDemoAgent } = await openDemoAgent();

/** A function's instance. `threadBytes` has the size of what each of its claims has read of a thread. */
function openInstance() {
  const threadBytes: number[] = [];
  const transaction = async (statements: Statement[]) => {
    const results = await database.transaction(statements);
    for (const [row] of results) {
      if (row && "channel_values" in row) {
        threadBytes.push(JSON.stringify(row.channel_values ?? "").length);
      }
    }
    return results;
  };
  return { turns: turnsOn({ transaction }), threadBytes };
}

async function runAgent(lease: LeaseWithThread): Promise<void> {
  const turn = createDemoAgent().run({
    ...agentTurn(lease),
    ...runParts(),
  });
  await Array.fromAsync(turn);
}

async function runNext(turns: Turns, where: { owner: string; conversationId: string }) {
  bedrock.script.add(
    callTools([{ name: "calculator", input: { expression: "6 * 7" } }]),
    answerWith("It is 42."),
  );
  const lease = await claimLease(turns, where);
  await runAgent(lease);
  await lease.finish(endOf("It is 42."));
}

const tupleOf = (lease: LeaseWithThread) =>
  lease.thread.checkpointer.getTuple({
    configurable: { thread_id: lease.turn.conversationId },
  });

function freezeDeeply(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) freezeDeeply(Reflect.get(value, key));
}

it("an instance reads no messages of the thread that it stored last", async () => {
  const { turns, threadBytes } = openInstance();
  const [first] = await acceptAll(turns, ["One", "Two", "Three"]);
  for (let turn = 1; turn <= 3; turn += 1) await runNext(turns, first);
  expect(threadBytes).toEqual([2, 2]);
  expect(await threadOf(first.conversationId)).toHaveLength(12);
});

it("a kept thread equals the stored thread", async () => {
  const { turns } = openInstance();
  const [first] = await acceptAll(turns, ["One", "Two", "Three"]);
  for (let turn = 1; turn <= 2; turn += 1) await runNext(turns, first);
  const kept = await tupleOf(await claimLease(turns, first));
  await letLeaseRunOut(first.conversationId);
  const stored = await tupleOf(await claimLease(openInstance().turns, first));
  expect(JSON.parse(JSON.stringify(kept))).toEqual(JSON.parse(JSON.stringify(stored)));
});

it("the model is sent the same requests on one instance and on many", async () => {
  const requestsWith = async (turnsOfTurn: () => Turns) => {
    const before = bedrock.calls.length;
    const [first] = await acceptAll(turnsOfTurn(), ["One", "Two", "Three"]);
    for (let turn = 1; turn <= 3; turn += 1) await runNext(turnsOfTurn(), first);
    return bedrock.calls.slice(before).map(({ request }) => request.messages);
  };
  const { turns } = openInstance();
  const onOne = await requestsWith(() => turns);
  const withoutIds = (requests: unknown) =>
    JSON.stringify(requests).replaceAll(/"toolUseId":"[^"]*"/g, "");
  expect(withoutIds(onOne)).toBe(withoutIds(await requestsWith(() => openInstance().turns)));
  expect(onOne.at(-1)).toHaveLength(11);
});

it("a turn changes no message of a kept thread", async () => {
  const { turns } = openInstance();
  const [first] = await acceptAll(turns, ["One", "Two", "Three"]);
  await runNext(turns, first);
  bedrock.script.add(
    callTools([{ name: "calculator", input: { expression: "6 * 7" } }]),
    answerWith("It is 42."),
  );
  const lease = await claimLease(turns, first);
  freezeDeeply((await tupleOf(lease))?.checkpoint.channel_values);
  await runAgent(lease);
  await lease.finish(endOf("It is 42."));
  await runNext(turns, first);
  expect(await threadOf(first.conversationId)).toHaveLength(12);
});

it("an instance reads the whole thread after another instance has run a turn", async () => {
  const one = openInstance();
  const [first] = await acceptAll(one.turns, ["One", "Two", "Three"]);
  await answerNext(one.turns, first, "1");
  await answerNext(openInstance().turns, first, "2");
  await answerNext(one.turns, first, "3");
  expect(one.threadBytes).toEqual([expect.any(Number)]);
  expect(one.threadBytes[0]).toBeGreaterThan(100);
  expect(await threadOf(first.conversationId)).toEqual([
    ...["human: One", "ai: 1", "human: Two", "ai: 2", "human: Three", "ai: 3"],
  ]);
});

it("a turn that lost its lease keeps no thread", async () => {
  const one = openInstance();
  const [first] = await acceptAll(one.turns, ["One", "Two"]);
  const frozen = await claimLease(one.turns, first);
  bedrock.script.add(answerWith("Too late."));
  await runAgent(frozen);
  await letLeaseRunOut(first.conversationId);
  await answerNext(openInstance().turns, first, "1");
  await expect(frozen.finish(endOf("Too late."))).rejects.toThrow(LeaseLost);
  await answerNext(one.turns, first, "2");
  expect(one.threadBytes.at(-1)).toBeGreaterThan(100);
  expect(await threadOf(first.conversationId)).toEqual([
    ...["human: One", "ai: 1", "human: Two", "ai: 2"],
  ]);
});

it("an instance that never heard of its commit keeps no thread, and reads what was stored", async () => {
  let isDown = false;
  const threads: unknown[] = [];
  const turns = turnsOn(
    {
      async transaction(statements) {
        const results = await database.transaction(statements);
        if (isDown) throw new DatabaseUnavailable(new Error("The reply was lost."), "unavailable");
        threads.push(...results.flat().filter((row) => "channel_values" in row));
        return results;
      },
    },
    1,
  );
  const [first] = await acceptAll(turns, ["One", "Two"]);
  const lease = await claimLease(turns, first);
  bedrock.script.add(answerWith("1"));
  await runAgent(lease);
  isDown = true;
  await expect(lease.finish(endOf("1"))).rejects.toThrow(DatabaseUnavailable);
  isDown = false;
  await answerNext(turns, first, "2");
  expect(threads).toEqual([expect.objectContaining({ channel_values: expect.any(Array) })]);
  expect(await threadOf(first.conversationId)).toEqual([
    ...["human: One", "ai: 1", "human: Two", "ai: 2"],
  ]);
});

it("no other owner gets a kept thread", async () => {
  const { turns } = openInstance();
  const [first] = await acceptAll(turns, ["One", "Two"]);
  await answerNext(turns, first, "1");
  const stranger = { owner: "a-stranger", conversationId: first.conversationId };
  expect(await turns.claim(stranger)).toEqual({ outcome: "unknown" });
});

it("a message that begins a conversation is claimed, and its thread is kept", async () => {
  const { turns, threadBytes } = openInstance();
  const owner = newOwner();
  const { claim } = await turns.acceptAndClaim({ owner, message: "One", bodyHash: "One" });
  const lease = leaseOf(claim ?? { outcome: "empty" });
  await runGraph(lease, () => "1");
  await lease.finish(endOf("1"));
  const { conversationId } = lease.turn;
  await acceptAll(turns, ["Two"], { owner, conversationId });
  await answerNext(turns, { owner, conversationId }, "2");
  expect(threadBytes).toEqual([2]);
  expect(await threadOf(conversationId)).toEqual(["human: One", "ai: 1", "human: Two", "ai: 2"]);
});

const long = (text: string) => `${text} ${"x".repeat(5_000)}`;
const threadOfTurns = (turns: number[]) =>
  turns.flatMap((turn) => [`human: ${long(String(turn))}`, `ai: ${long(`${turn}!`)}`]);
const channelsOf = async (conversationId: string) => {
  const rows = await sql("select channel from checkpoint_blobs where thread_id = $1 order by 1", [
    conversationId,
  ]);
  return rows.map(({ channel }) => channel);
};

it("a long thread is stored in segments, which every instance reads and continues", async () => {
  const { turns } = openInstance();
  const numbers = [1, 2, 3, 4, 5, 6];
  const [first] = await acceptAll(
    turns,
    numbers.map((turn) => long(String(turn))),
  );
  for (const turn of numbers) {
    await answerNext(turn % 3 === 0 ? openInstance().turns : turns, first, long(`${turn}!`));
  }
  expect(await threadOf(first.conversationId)).toEqual(threadOfTurns(numbers));
  expect(await channelsOf(first.conversationId)).toContain("messages:0");
});

it("a turn writes every segment again after a commit that was not confirmed", async () => {
  const { turns } = openInstance();
  const numbers = [1, 2, 3, 4];
  const [first] = await acceptAll(
    turns,
    numbers.map((turn) => long(String(turn))),
  );
  for (const turn of [1, 2, 3]) await answerNext(turns, first, long(`${turn}!`));
  const lease = await claimLease(turns, first);
  await runGraph(lease, () => "half");
  // The commit joins two segments into one, and its reply is lost.
  await database.transaction(lease.thread.writes());
  lease.thread.discard();
  await createDemoAgent().record({
    ...agentTurn(lease),
    text: long("4!"),
    tools: [],
  });
  await lease.finish(endOf(long("4!"), { status: "stopped" }));
  expect(await threadOf(first.conversationId)).toEqual(threadOfTurns(numbers));
});

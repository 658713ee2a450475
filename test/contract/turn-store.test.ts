import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import type { TurnRemark } from "#lib/contract/chat.ts";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { DatabaseUnavailable, type Statement } from "#lib/platform/postgres.ts";
import {
  type Accepted,
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  type Fixture,
  graphOn,
  leaseOf,
  newVisitor,
  openFixture,
  runGraph,
} from "./turn-store-fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture.close());

const unknownId = "99999999-9999-4999-8999-999999999999";
const countOf = async (table: string, owner: string) => {
  const [row] = await fixture.sql(`select count(*)::int as n from ${table} where owner = $1`, [
    owner,
  ]);
  return row?.n;
};

describe("accept", () => {
  it("makes a first message and its conversation durable in one request", async () => {
    const { turns, conversations, requestsOf } = fixture;
    const owner = newVisitor();
    const message = "Plan a trip\nto Rome";
    expect(await requestsOf(() => turns.accept({ owner, message, bodyHash: "a" }))).toBe(1);
    const page = await conversations.list({ owner, limit: 10 });
    expect(page?.conversations).toMatchObject([{ title: "Plan a trip" }]);
  });

  it("puts a later message behind the earlier ones and moves the conversation up", async () => {
    const { turns, conversations } = fixture;
    const [first] = await acceptAll(turns, ["one"]);
    await acceptAll(turns, ["another conversation"], { owner: first.owner });
    await acceptAll(turns, ["two"], first);
    const page = await conversations.list({ owner: first.owner, limit: 1 });
    expect(page?.conversations[0]?.id).toBe(first.conversationId);
    const conversation = await conversations.get({
      owner: first.owner,
      id: first.conversationId,
      limit: 50,
    });
    expect(conversation?.turns.map((turn) => turn.message)).toEqual(["one", "two"]);
  });

  it("makes one turn of 100 duplicates that arrive at once, and no empty conversation", async () => {
    const { turns } = fixture;
    const owner = newVisitor();
    const request = { owner, message: "Hello", idempotencyKey: "key", bodyHash: "a" };
    const accepted = await Promise.all(Array.from({ length: 100 }, () => turns.accept(request)));
    expect(new Set(accepted.map((one) => "turnId" in one && one.turnId)).size).toBe(1);
    expect(accepted.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
    expect(accepted.filter(({ outcome }) => outcome === "replayed")).toHaveLength(99);
    expect(await countOf("turns", owner)).toBe(1);
    expect(await countOf("conversations", owner)).toBe(1);
  });

  it("replays with what the turn has become, even when the queue is full", async () => {
    const { turns } = fixture;
    const [{ owner, conversationId }] = await acceptAll(turns, ["first"]);
    const request = { owner, conversationId, message: "x", idempotencyKey: "k", bodyHash: "x" };
    const accepted = await turns.accept(request);
    await answerNext(turns, { owner, conversationId }, "answer");
    await answerNext(turns, { owner, conversationId }, "answer");
    await acceptAll(turns, Array.from({ length: 10 }, String), { owner, conversationId });
    expect(await turns.accept(request)).toEqual({
      ...accepted,
      outcome: "replayed",
      status: "done",
    });
  });

  it.each([
    ["with its first message", false],
    ["with a later one", true],
  ])("refuses a key that was used with another body, %s", async (_, hasConversation) => {
    const { turns } = fixture;
    const [{ owner, conversationId }] = await acceptAll(turns, ["first"]);
    const request = {
      owner,
      conversationId: hasConversation ? conversationId : undefined,
      idempotencyKey: "key",
    };
    const [a, b] = await Promise.all([
      turns.accept({ ...request, message: "a", bodyHash: "a" }),
      turns.accept({ ...request, message: "b", bodyHash: "b" }),
    ]);
    expect([a.outcome, b.outcome].sort()).toEqual(["accepted", "key_reused"]);
    expect(await countOf("turns", owner)).toBe(2);
    expect(await countOf("conversations", owner)).toBe(hasConversation ? 1 : 2);
  });

  it("lets two visitors use the same key", async () => {
    const { turns } = fixture;
    const request = { message: "Hello", idempotencyKey: "shared", bodyHash: "a" };
    const accepted = [
      await turns.accept({ ...request, owner: newVisitor() }),
      await turns.accept({ ...request, owner: newVisitor() }),
    ];
    expect(accepted.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
  });

  it("holds ten open turns of a conversation, whoever comes first of twenty", async () => {
    const { turns } = fixture;
    const [{ owner, conversationId }] = await acceptAll(turns, ["0"]);
    const others = await Promise.all(
      Array.from({ length: 19 }, (_, i) =>
        turns.accept({ owner, conversationId, message: String(i), bodyHash: "x" }),
      ),
    );
    expect(others.filter(({ outcome }) => outcome === "accepted")).toHaveLength(9);
    expect(others.filter(({ outcome }) => outcome === "queue_full")).toHaveLength(10);
    await answerNext(turns, { owner, conversationId }, "answer");
    await acceptAll(turns, ["there is room again"], { owner, conversationId });
  });

  it("accepts once when the reply is lost and the request is sent again", async () => {
    const { turns, neon, requestsOf } = fixture;
    const owner = newVisitor();
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const accept = async () => {
      const accepted = await turns.accept({ owner, message: "Hello", bodyHash: "a" });
      expect(accepted.outcome).toBe("accepted");
    };
    expect(await requestsOf(accept)).toBe(2);
    neon.fault = undefined;
    expect(await countOf("turns", owner)).toBe(1);
    expect(await countOf("conversations", owner)).toBe(1);
  });
});

describe("claim", () => {
  it("whose reply is lost is known when it comes again: one attempt, and the turn can be ended", async () => {
    const { turns, neon, sql } = fixture;
    const [first] = await acceptAll(turns, ["Hello"]);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const lease = await claimLease(turns, first);
    neon.fault = undefined;
    expect(lease.turn.attempt).toBe(1);
    await lease.beat({ text: "Hi", tools: [] });
    await lease.finish(endOf("Hi"));
    expect(await sql("select status, attempts from turns where id = $1", [first.turnId])).toEqual([
      { status: "done", attempts: 1 },
    ]);
  });

  it("that arrives once more when its turn has ended leaves the next one to others", async () => {
    const { turns, turnsOn, database } = fixture;
    const [{ owner, conversationId }] = await acceptAll(turns, ["one", "two"]);
    let claim: Statement[] = [];
    const recording = turnsOn({
      async transaction(statements) {
        claim = statements;
        return database.transaction(statements);
      },
    });
    const lease = await claimLease(recording, { owner, conversationId });
    const sent = claim;
    await lease.finish(endOf("1"));
    await database.transaction(sent);
    const next = await claimLease(turns, { owner, conversationId });
    expect(next.turn).toMatchObject({ message: "two", attempt: 1 });
  });

  it("gives one of 50 the lease and tells the others who runs", async () => {
    const { turns } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const asked = { ...first, turnId: second?.turnId };
    const claims = await Promise.all(Array.from({ length: 50 }, () => turns.claim(asked)));
    expect(claims.filter(({ outcome }) => outcome === "claimed")).toHaveLength(1);
    const busy = claims.filter((claim) => claim.outcome === "busy");
    expect(busy).toHaveLength(49);
    for (const { turn } of busy) {
      expect(turn).toMatchObject({ message: "one", status: "running", attempt: 1 });
    }
  });

  it("tells an ended turn that is asked for at once, whatever else waits or runs", async () => {
    const { turns } = fixture;
    const [first] = await acceptAll(turns, ["one", "two", "three"]);
    await answerNext(turns, first, "to one");
    const asked = { ...first, turnId: first.turnId };
    expect(await turns.claim(asked)).toMatchObject({ outcome: "idle", turn: { message: "one" } });
    const everything = { owner: first.owner, conversationId: first.conversationId };
    expect(await turns.claim(everything)).toMatchObject({ outcome: "claimed" });
    expect(await turns.claim(asked)).toMatchObject({ outcome: "idle", turn: { message: "one" } });
  });

  it("answers turns in the order in which they were accepted", async () => {
    const { turns } = fixture;
    const messages = Array.from({ length: 10 }, (_, i) => `message ${i}`);
    const [first] = await acceptAll(turns, messages);
    const answered: string[] = [];
    for (const message of messages) answered.push(await answerNext(turns, first, `to ${message}`));
    expect(answered).toEqual(messages);
    expect(await fixture.thread(first.conversationId)).toEqual(
      messages.flatMap((message) => [`human: ${message}`, `ai: to ${message}`]),
    );
  });

  it("tells the asked turn when nothing is open, or the newest", async () => {
    const { turns } = fixture;
    const [first] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, first, "answer one");
    await answerNext(turns, first, "answer two");
    const asked = await turns.claim(first);
    expect(asked).toMatchObject({ outcome: "idle", turn: { result: "answer one" } });
    const newest = await turns.claim({ ...first, turnId: undefined });
    expect(newest).toMatchObject({ outcome: "idle", turn: { result: "answer two" } });
  });

  it("says empty of a conversation without turns", async () => {
    const { turns, sql } = fixture;
    const [{ owner, conversationId, turnId }] = await acceptAll(turns, ["one"]);
    await sql("delete from turns where id = $1", [turnId]);
    expect(await turns.claim({ owner, conversationId })).toEqual({ outcome: "empty" });
  });

  it("takes over when the lease ran out, and repeats the turn from its message", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const gone = await claimLease(turns, accepted);
    await gone.beat({ text: "Half an ans", tools: [] });
    expect((await turns.claim(accepted)).outcome).toBe("busy");

    await letLeaseRunOut(accepted.conversationId);
    expect(await turns.watch(accepted)).toMatchObject({
      isAbandoned: true,
      turn: { partial: "Half an ans" },
    });
    const lease = await claimLease(turns, accepted);
    expect(lease.turn).toEqual({ ...gone.turn, attempt: 2 });
    await expect(gone.beat({ text: "late", tools: [] })).rejects.toThrow(LeaseLost);
    expect(await turns.watch(accepted)).toMatchObject({
      isAbandoned: false,
      turn: { partial: null, attempt: 2 },
    });
  });

  it("gives a turn up after three attempts, visibly, and goes on with the next", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [first] = await acceptAll(turns, ["poison", "harmless"]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const lease = await claimLease(turns, first);
      expect(lease.turn).toMatchObject({ message: "poison", attempt });
      await lease.beat({ text: `attempt ${attempt}`, tools: [] });
      expect((await turns.claim(first)).outcome).toBe("busy");
      await letLeaseRunOut(first.conversationId);
    }
    expect((await claimLease(turns, first)).turn).toMatchObject({ message: "harmless" });
    expect((await turns.watch(first))?.turn).toMatchObject({
      status: "failed",
      attempt: 3,
      result: "attempt 3",
      partial: null,
      error: { type: "attempts_exhausted", title: "Attempts exhausted", status: 500 },
      remarks: [],
      history_from: null,
      summarised_until: null,
      summary_usage: null,
    });
  });

  it("does not run a turn again that was to be stopped when its runner went away", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await lease.beat({ text: "Half", tools: [] });
    await turns.stop(accepted);
    await letLeaseRunOut(accepted.conversationId);
    expect(await turns.claim(accepted)).toMatchObject({
      outcome: "idle",
      turn: { status: "stopped", result: "Half", error: null },
    });
  });

  it("keeps the runner of a turn out that it ends without running another", async () => {
    const { turns, letLeaseRunOut, thread } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const frozen = await claimLease(turns, first);
    await runGraph(frozen, () => "an answer that nobody was told");
    await turns.stop(first);
    await letLeaseRunOut(first.conversationId);
    expect(await turns.claim(first)).toMatchObject({ outcome: "idle", turn: { result: "" } });

    await expect(frozen.beat({ text: "thawed", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.watch({ ...first, turnId: second?.turnId }))?.turn.status).toBe("queued");
    await expect(frozen.finish(endOf("thawed"))).rejects.toThrow(LeaseLost);
    expect(await thread(first.conversationId)).toEqual([]);
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("lets no late beat of a turn that it ended hold up the next message", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const frozen = await claimLease(turns, first);
    await turns.stop(first);
    await letLeaseRunOut(first.conversationId);
    await turns.claim(first);
    await expect(frozen.beat({ text: "thawed", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.claim({ ...first, turnId: second?.turnId })).outcome).toBe("claimed");
  });

  it("waits for a turn that is just ending, and takes the next", async () => {
    const { turns, transactionAsOwner, waitUntilSomebodyWaits } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    await claimLease(turns, first);
    const ending = await transactionAsOwner();
    await ending.sql(
      `update conversations set lease_until = null where id = '${first.conversationId}'`,
    );
    await ending.sql(
      `update turns set status = 'done', result = '', finished_at = now() where id = '${first.turnId}'`,
    );
    const claim = turns.claim({ ...first, turnId: undefined });
    await waitUntilSomebodyWaits();
    await ending.commit();
    expect(leaseOf(await claim).turn.id).toBe(second?.turnId);
  });

  it("reads no thread for those who do not run it", async () => {
    const { turnsOn, turns, database } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, accepted, "answer");
    let threadRows = -1;
    const watched = turnsOn({
      async transaction(statements) {
        const results = await database.transaction(statements);
        threadRows = results.at(-1)?.length ?? -1;
        return results;
      },
    });
    await watched.claim({ ...accepted, owner: newVisitor() });
    expect(threadRows).toBe(0);
    const everything = { ...accepted, turnId: undefined };
    leaseOf(await watched.claim(everything));
    expect(threadRows).toBe(1);
    await watched.claim(everything);
    expect(threadRows).toBe(0);
  });
});

describe("a turn", () => {
  it("costs one request each to accept, claim, beat and finish, and none for its graph", async () => {
    const { turns, requestsOf } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    await answerNext(turns, accepted, "so that there is a thread to read");
    const { owner, conversationId } = accepted;
    const message = { owner, conversationId, message: "two", bodyHash: "x" };
    expect(await requestsOf(() => turns.accept(message))).toBe(1);

    let claim: ThreadClaim = { outcome: "empty" };
    const claimNow = async () => {
      claim = await turns.claim({ owner, conversationId });
    };
    expect(await requestsOf(claimNow)).toBe(1);
    const lease = leaseOf(claim);
    expect(await requestsOf(() => runGraph(lease, () => "answer"))).toBe(0);
    expect(await requestsOf(() => lease.beat({ text: "answer", tools: [] }))).toBe(1);
    expect(await requestsOf(() => lease.finish(endOf("answer")))).toBe(1);
    expect(await requestsOf(() => turns.watch(accepted))).toBe(1);
    expect(await requestsOf(() => turns.stop(accepted))).toBe(1);
  });

  it("leaves its result and its place in the thread, and one checkpoint", async () => {
    const { turns, sql, thread } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, accepted, "answer one");
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "answer two");
    const tools = [
      { id: "t", name: "calculator", state: "done" as const, input: { a: [1, "\u0000"] } },
    ];
    const usage = {
      input_tokens: 3,
      cache_read_tokens: 4,
      cache_write_tokens: 0,
      output_tokens: 2,
      cost_usd: 0.5,
    };
    const remarks: TurnRemark[] = ["cut_at_length", "fallback_model"];
    await lease.finish(
      endOf("answer\u0000 two", {
        ...{ tools, usage, model: "m", remarks },
        historyFrom: accepted.turnId,
        summarisedUntil: accepted.turnId,
      }),
    );

    const watched = await turns.watch({ ...accepted, turnId: lease.turn.id });
    expect(watched).toMatchObject({
      isAbandoned: false,
      turn: {
        ...{ status: "done", result: "answer two", partial: null, tools, usage, model: "m" },
        ...{ remarks, history_from: accepted.turnId, summarised_until: accepted.turnId },
      },
    });

    const usageOfEarlierVersions = { input_tokens: 3, output_tokens: 2, cost_usd: null };
    await sql("update turns set usage = $2 where id = $1", [
      lease.turn.id,
      JSON.stringify(usageOfEarlierVersions),
    ]);
    expect((await turns.watch({ ...accepted, turnId: lease.turn.id }))?.turn.usage).toEqual({
      ...usageOfEarlierVersions,
      ...{ cache_read_tokens: 0, cache_write_tokens: 0 },
    });
    expect(await thread(accepted.conversationId)).toEqual([
      "human: one",
      "ai: answer one",
      "human: two",
      "ai: answer two",
    ]);
    const [stored] = await sql(
      `select (select count(*)::int from checkpoints where thread_id = $1) as checkpoints,
              (select count(*)::int from checkpoint_writes where thread_id = $1) as writes`,
      [accepted.conversationId],
    );
    expect(stored).toEqual({ checkpoints: 1, writes: 0 });
  });

  it("keeps what it wrote, though its runner's clock is behind that of the turn before", async () => {
    const { turns, sql, thread } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, accepted, "answer one");
    await sql(
      `update checkpoints set checkpoint_id = 'f' || checkpoint_id, -- later than any clock says
         checkpoint = jsonb_set(checkpoint, '{id}', to_jsonb('f' || checkpoint_id))
       where thread_id = $1`,
      [accepted.conversationId],
    );
    await answerNext(turns, accepted, "answer two");
    expect(await thread(accepted.conversationId)).toHaveLength(4);
  });

  it("can be followed while it runs", async () => {
    const { turns } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    const tools = [{ id: "t", name: "calculator", state: "running" as const }];
    expect(await lease.beat({ text: "Half a\u0000 \ud83d", tools })).toEqual({
      cancelRequested: false,
    });
    expect((await turns.watch(accepted))?.turn).toMatchObject({
      status: "running",
      partial: "Half a \ufffd",
      tools,
    });
    await lease.beat({ text: "€".repeat(50_000), tools });
    // 64 KB hold 21,845 whole times the three bytes of "€".
    expect((await turns.watch(accepted))?.turn.partial).toBe("€".repeat(21_845));
  });
});

describe("a runner that lost its lease", () => {
  it("is told at its next beat, and cannot write, though its graph ends well", async () => {
    const { turns, letLeaseRunOut, thread } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const zombie = await claimLease(turns, accepted);
    const gate = Promise.withResolvers<string>();
    const zombieRun = runGraph(zombie, () => gate.promise);

    await letLeaseRunOut(accepted.conversationId);
    await answerNext(turns, accepted, "from the second runner");
    gate.resolve("from the zombie");
    await zombieRun;
    await expect(zombie.beat({ text: "from the zombie", tools: [] })).rejects.toThrow(LeaseLost);
    await expect(zombie.finish(endOf("from the zombie"))).rejects.toThrow(LeaseLost);

    expect(await thread(accepted.conversationId)).toEqual([
      "human: one",
      "ai: from the second runner",
    ]);
    expect((await turns.watch(accepted))?.turn.result).toBe("from the second runner");
  });

  it("cannot write into the next turn either", async () => {
    const { turns, letLeaseRunOut, thread } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    const zombie = await claimLease(turns, accepted);
    await runGraph(zombie, () => "from the zombie");
    await letLeaseRunOut(accepted.conversationId);
    await answerNext(turns, accepted, "answer one");
    const second = await claimLease(turns, accepted);
    await runGraph(second, () => "answer two");

    const ends = [zombie.finish(endOf("from the zombie")), second.finish(endOf("answer two"))];
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
    ]);
    expect(await thread(accepted.conversationId)).toEqual([
      "human: one",
      "ai: answer one",
      "human: two",
      "ai: answer two",
    ]);
  });

  it("may still end its turn when nobody came for it", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "late");
    await letLeaseRunOut(accepted.conversationId);
    await lease.finish(endOf("late"));
    expect((await turns.watch(accepted))?.turn.result).toBe("late");
  });

  it("finds nothing to write to when the conversation was deleted", async () => {
    const { turns, conversations, sql } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await runGraph(lease, () => "answer");
    await conversations.delete({ owner: accepted.owner, id: accepted.conversationId });
    await expect(lease.beat({ text: "", tools: [] })).rejects.toThrow(LeaseLost);
    await expect(lease.finish(endOf("answer"))).rejects.toThrow(LeaseLost);
    const left = await sql("select from checkpoints where thread_id = $1", [
      accepted.conversationId,
    ]);
    expect(left).toEqual([]);
  });
});

describe("the end of a turn", () => {
  it("takes no beat any more: a late one must not renew the lease", async () => {
    const { turns } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("answer"));
    await expect(lease.beat({ text: "late", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.claim({ ...accepted, turnId: undefined })).outcome).toBe("claimed");
  });

  it("drops a checkpoint that is put after it", async () => {
    const { turns, thread, requestsOf } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("(no answer)"));
    expect(await requestsOf(() => runGraph(lease, () => "too late"))).toBe(0);
    expect(await thread(accepted.conversationId)).toEqual([]);
  });

  it("records a stop in the thread, whatever the aborted graph puts meanwhile", async () => {
    const { turns, thread, sql } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, accepted, "answer one");
    const lease = await claimLease(turns, accepted);
    const modelCalled = Promise.withResolvers<void>();
    const abort = new AbortController();
    const run = runGraph(
      lease,
      () => {
        modelCalled.resolve();
        return new Promise<never>(() => {});
      },
      abort.signal,
    );
    await modelCalled.promise;
    abort.abort();
    await expect(run).rejects.toThrow();

    lease.thread.discard();
    await runGraph(lease, () => "put by a graph that was not yet quiet");
    const config = { configurable: { thread_id: accepted.conversationId } };
    const messages = [new HumanMessage("two"), new AIMessage("Half an ans")];
    await graphOn(lease.thread.checkpointer, () => "").updateState(config, { messages }, "model");
    await runGraph(lease, () => "and once more");
    await lease.finish(endOf("Half an ans", { status: "stopped" }));

    expect(await thread(accepted.conversationId)).toEqual([
      "human: one",
      "ai: answer one",
      "human: two",
      "ai: Half an ans",
    ]);
    const writes = await sql("select from checkpoint_writes where thread_id = $1", [
      accepted.conversationId,
    ]);
    expect(writes).toEqual([]);
  });

  it("is stored once when the reply to it is lost, even if the next turn has begun since", async () => {
    const { turns, turnsOn, database, thread } = fixture;
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    let lost = 0;
    const stumbling = turnsOn({
      async transaction(statements) {
        const results = await database.transaction(statements);
        const isEnd = statements[0]?.text.includes("assert_fence");
        if (!isEnd || lost > 0) return results;
        lost += 1;
        await claimLease(turns, accepted); // the next runner is quicker than the second try
        throw new DatabaseUnavailable();
      },
    });
    await answerNext(stumbling, accepted, "answer");
    expect(lost).toBe(1);
    expect((await turns.watch(accepted))?.turn).toMatchObject({ status: "done", result: "answer" });
    expect(await thread(accepted.conversationId)).toEqual(["human: one", "ai: answer"]);
  });

  it("is tried again while the database is away and the lease lasts", async () => {
    const { turns, turnsOn, database } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    let failures = 2;
    const stumbling = turnsOn({
      async transaction(statements) {
        const isEnd = statements[0]?.text.includes("assert_fence");
        if (isEnd && failures > 0) {
          failures -= 1;
          throw new DatabaseUnavailable();
        }
        return database.transaction(statements);
      },
    });
    await answerNext(stumbling, accepted, "answer");
    expect((await turns.watch(accepted))?.turn.status).toBe("done");
  });

  it("is given up with the lease: the turn stays open for the next runner", async () => {
    const { turns, turnsOn, database } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const away = turnsOn(
      {
        async transaction(statements) {
          if (!statements[0]?.text.includes("assert_fence"))
            return database.transaction(statements);
          throw new DatabaseUnavailable();
        },
      },
      0.1,
    );
    await expect(answerNext(away, accepted, "answer")).rejects.toThrow(DatabaseUnavailable);
    expect((await claimLease(turns, accepted)).turn.attempt).toBe(2);
  });
});

describe("stop", () => {
  it("ends a queued turn at once, and only that one", async () => {
    const { turns } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(first)).toMatchObject({
        ...{ status: "stopped", result: "", attempt: 0 },
        ...{ remarks: [], history_from: null },
      });
    }
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("asks the runner of a running turn, who sees it at the next beat", async () => {
    const { turns } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(accepted)).toMatchObject({ status: "running", result: null });
    }
    expect((await turns.claim(accepted)).outcome).toBe("busy");
    expect(await lease.beat({ text: "Half", tools: [] })).toEqual({ cancelRequested: true });
    await lease.finish(endOf("Half", { status: "stopped" }));
    expect(await turns.stop(accepted)).toMatchObject({ status: "stopped", result: "Half" });
  });

  it("ends a turn itself whose runner is gone, keeps its text and keeps the runner out", async () => {
    const { turns, letLeaseRunOut, thread } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const gone = await claimLease(turns, first);
    await runGraph(gone, () => "Half an answer");
    await gone.beat({ text: "Half", tools: [] });
    await letLeaseRunOut(first.conversationId);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(first)).toMatchObject({
        status: "stopped",
        result: "Half",
        partial: null,
      });
    }
    await expect(gone.finish(endOf("Half an answer"))).rejects.toThrow(LeaseLost);
    expect(await thread(first.conversationId)).toEqual([]);
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("shows no tool as running in a turn whose runner is gone, whoever ends it", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const tool = { id: "1", name: "calculator", input: { expression: 'a "\u0000"' } };
    for (const end of [
      (turn: Accepted) => turns.stop(turn),
      async (turn: Accepted) => {
        await fixture.sql("update turns set attempts = 3 where id = $1", [turn.turnId]);
        await turns.claim(turn);
      },
    ]) {
      const [accepted] = await acceptAll(turns, ["one"]);
      const gone = await claimLease(turns, accepted);
      const tools = [
        { ...tool, state: "done" as const, output: '"state":"running"' },
        { ...tool, id: "2", state: "running" as const },
      ];
      await gone.beat({ text: "", tools });
      await letLeaseRunOut(accepted.conversationId);
      await end(accepted);
      expect((await turns.watch(accepted))?.turn.tools).toEqual([
        tools[0],
        { ...tools[1], state: "failed" },
      ]);
    }
  });

  it("leaves an ended turn as it was", async () => {
    const { turns } = fixture;
    const [accepted] = await acceptAll(turns, ["one"]);
    await answerNext(turns, accepted, "answer");
    const before = await turns.watch(accepted);
    for (let time = 1; time <= 2; time += 1) {
      expect(await turns.stop(accepted)).toEqual(before?.turn);
    }
  });

  it("of a queued turn does not disturb the one that runs", async () => {
    const { turns, letLeaseRunOut } = fixture;
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const lease = await claimLease(turns, first);
    await letLeaseRunOut(first.conversationId); // slow, not gone
    if (second) await turns.stop(second);
    expect(await lease.beat({ text: "on", tools: [] })).toEqual({ cancelRequested: false });
    await lease.finish(endOf("answer"));
  });
});

describe("ownership", () => {
  it("makes what is somebody else's look like what does not exist", async () => {
    const { turns } = fixture;
    const [theirs] = await acceptAll(turns, ["secret"]);
    const [other] = await acceptAll(turns, ["of another conversation"], { owner: theirs.owner });
    const owner = newVisitor();
    const foreign = { owner, conversationId: theirs.conversationId, turnId: theirs.turnId };
    const wrong = [
      foreign,
      { owner, conversationId: unknownId, turnId: unknownId },
      { ...theirs, turnId: unknownId },
      { ...theirs, turnId: other.turnId },
    ];
    for (const asked of wrong) {
      expect(await turns.claim(asked)).toEqual({ outcome: "unknown" });
      expect(await turns.watch(asked)).toBeUndefined();
      expect(await turns.stop(asked)).toBeUndefined();
    }
    const appended = { owner, message: "x", bodyHash: "x" };
    expect(await turns.accept({ ...appended, conversationId: theirs.conversationId })).toEqual(
      await turns.accept({ ...appended, conversationId: unknownId }),
    );
    expect(await turns.claim({ ...foreign, turnId: undefined })).toEqual({ outcome: "unknown" });
    expect(await countOf("turns", theirs.owner)).toBe(2);
    expect((await turns.watch(theirs))?.turn.status).toBe("queued");
    expect((await claimLease(turns, theirs)).turn.message).toBe("secret");
  });
});

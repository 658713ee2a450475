import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import type { ToolCall, TurnRemark } from "#lib/contract/chat.ts";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import { openStores } from "./open-stores.ts";
import {
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  graphOn,
  leaseOf,
  runGraph,
} from "./turn-steps.ts";

const { database, letLeaseRunOut, requestsOf, sql, threadOf, turns, turnsOn } = await openStores();

describe("a turn", () => {
  it("costs one request for each call and none for its graph", async () => {
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

  it("stores with each text how often its attempt has taken one back", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const stored = async () => (await turns.watch(accepted))?.turn;
    const first = await claimLease(turns, accepted);
    expect(await stored()).not.toHaveProperty("restarts");
    await first.beat({ text: "a", tools: [], restarts: 0 });
    await first.beat({ text: "a", tools: [], restarts: 2 });
    expect(await stored()).toMatchObject({ attempt: 1, partial: "a", restarts: 2 });
    await letLeaseRunOut(accepted.conversationId);
    const second = await claimLease(turns, accepted);
    expect(await stored()).toMatchObject({ attempt: 2, partial: null });
    expect(await stored()).not.toHaveProperty("restarts");
    await second.beat({ text: "b", tools: [], restarts: 1 });
    // No beat has told of the last one.
    expect(await requestsOf(() => second.finish(endOf("c", { restarts: 2 })))).toBe(1);
    expect(await stored()).toMatchObject({ attempt: 2, result: "c", restarts: 2 });
  });

  it("stores its result, its messages and one checkpoint", async () => {
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
    expect(await threadOf(accepted.conversationId)).toEqual([
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

  it("keeps its checkpoint although its runner's clock is behind", async () => {
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, accepted, "answer one");
    await sql(
      `update checkpoints set checkpoint_id = 'f' || checkpoint_id, -- later than any clock says
         checkpoint = jsonb_set(checkpoint, '{id}', to_jsonb('f' || checkpoint_id))
       where thread_id = $1`,
      [accepted.conversationId],
    );
    await answerNext(turns, accepted, "answer two");
    expect(await threadOf(accepted.conversationId)).toHaveLength(4);
  });

  it("shows followers its text and tools while it runs", async () => {
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
    // 64 KB hold 21,845 whole "€" of three bytes each.
    expect((await turns.watch(accepted))?.turn.partial).toBe("€".repeat(21_845));
  });
});

describe("the end of a turn", () => {
  it("writes its row in a beat only if its text or its tools have changed", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    const version = async () =>
      (await sql("select xmin::text from turns where id = $1", [lease.turn.id]))[0]?.xmin;
    const tools: ToolCall[] = [];
    await lease.beat({ text: "Half", tools });
    const first = await version();
    expect(await lease.beat({ text: "Half", tools })).toEqual({ cancelRequested: false });
    expect(await version()).toBe(first);
    await turns.stop(accepted);
    expect(await lease.beat({ text: "Half", tools })).toEqual({ cancelRequested: true });
    const stopped = await version();
    await lease.beat({ text: "Half an answer", tools });
    expect(await version()).not.toBe(stopped);
    expect((await turns.watch(accepted))?.turn.partial).toBe("Half an answer");
  });

  it("refuses a later beat", async () => {
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("answer"));
    await expect(lease.beat({ text: "late", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.claim({ ...accepted, turnId: undefined })).outcome).toBe("claimed");
  });

  it("ignores a later checkpoint", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf("(no answer)"));
    expect(await requestsOf(() => runGraph(lease, () => "too late"))).toBe(0);
    expect(await threadOf(accepted.conversationId)).toEqual([]);
  });

  it("stores a stopped turn in the thread, without the aborted graph's checkpoints", async () => {
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

    expect(await threadOf(accepted.conversationId)).toEqual([
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

  it("commits once if its reply is lost and the next turn has begun", async () => {
    const [accepted] = await acceptAll(turns, ["one", "two"]);
    let lost = 0;
    const stumbling = turnsOn({
      async transaction(statements) {
        const results = await database.transaction(statements);
        const isEnd = statements[0]?.text.includes("assert_fence");
        if (!isEnd || lost > 0) return results;
        lost += 1;
        await claimLease(turns, accepted); // the next runner claims before the second try
        throw new DatabaseUnavailable();
      },
    });
    await answerNext(stumbling, accepted, "answer");
    expect(lost).toBe(1);
    expect((await turns.watch(accepted))?.turn).toMatchObject({ status: "done", result: "answer" });
    expect(await threadOf(accepted.conversationId)).toEqual(["human: one", "ai: answer"]);
  });

  it("is sent again while the database is unavailable and the lease lasts", async () => {
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

  it("throws when the lease runs out, and the turn stays open for the next runner", async () => {
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
    await letLeaseRunOut(accepted.conversationId); // The database's clock may be behind this process.
    expect((await claimLease(turns, accepted)).turn.attempt).toBe(2);
  });
});

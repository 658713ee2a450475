import { describe, expect, it } from "vitest";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { openStores } from "./open-stores.ts";
import {
  acceptAll,
  answerNext,
  claimLease,
  endOf,
  leaseOf,
  newOwner,
  runGraph,
} from "./turn-steps.ts";

const {
  beginTransaction,
  database,
  letLeaseRunOut,
  neon,
  sql,
  threadOf,
  turns,
  turnsOn,
  waitForBlocked,
} = await openStores();

describe("a claim", () => {
  it("is two statements in one transaction", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    const sent: number[] = [];
    const counting = turnsOn({
      async transaction(statements) {
        sent.push(statements.length);
        return database.transaction(statements);
      },
    });
    await claimLease(counting, first);
    expect(sent).toEqual([2]);
  });

  it("keeps its lease and its attempt if the reply is lost and the claim is sent again", async () => {
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

  it("starts nothing if it is sent again after its turn has ended", async () => {
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

  it("gives the lease to one of 50 callers and the running turn to the others", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const requested = { ...first, turnId: second?.turnId };
    const claims = await Promise.all(Array.from({ length: 50 }, () => turns.claim(requested)));
    expect(claims.filter(({ outcome }) => outcome === "claimed")).toHaveLength(1);
    const busy = claims.filter((claim) => claim.outcome === "busy");
    expect(busy).toHaveLength(49);
    for (const { turn } of busy) {
      expect(turn).toMatchObject({ message: "one", status: "running", attempt: 1 });
    }
  });

  it("returns an ended turn at once, even if other turns are queued or running", async () => {
    const [first] = await acceptAll(turns, ["one", "two", "three"]);
    await answerNext(turns, first, "to one");
    const requested = { ...first, turnId: first.turnId };
    expect(await turns.claim(requested)).toMatchObject({
      outcome: "idle",
      turn: { message: "one" },
    });
    const everything = { owner: first.owner, conversationId: first.conversationId };
    expect(await turns.claim(everything)).toMatchObject({ outcome: "claimed" });
    expect(await turns.claim(requested)).toMatchObject({
      outcome: "idle",
      turn: { message: "one" },
    });
  });

  it("starts turns in the order of acceptance", async () => {
    const messages = Array.from({ length: 10 }, (_, i) => `message ${i}`);
    const [first] = await acceptAll(turns, messages);
    const answered: string[] = [];
    for (const message of messages) answered.push(await answerNext(turns, first, `to ${message}`));
    expect(answered).toEqual(messages);
    expect(await threadOf(first.conversationId)).toEqual(
      messages.flatMap((message) => [`human: ${message}`, `ai: to ${message}`]),
    );
  });

  it("returns the named turn, or the newest turn, if no turn is open", async () => {
    const [first] = await acceptAll(turns, ["one", "two"]);
    await answerNext(turns, first, "answer one");
    await answerNext(turns, first, "answer two");
    const requested = await turns.claim(first);
    expect(requested).toMatchObject({ outcome: "idle", turn: { result: "answer one" } });
    const newest = await turns.claim({ ...first, turnId: undefined });
    expect(newest).toMatchObject({ outcome: "idle", turn: { result: "answer two" } });
  });

  it("returns empty for a conversation without turns", async () => {
    const [{ owner, conversationId, turnId }] = await acceptAll(turns, ["one"]);
    await sql("delete from turns where id = $1", [turnId]);
    expect(await turns.claim({ owner, conversationId })).toEqual({ outcome: "empty" });
  });

  it("takes over after the lease ran out and starts the turn again", async () => {
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

  it("fails a turn after three attempts and starts the next turn", async () => {
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

  it("ends a stopped turn whose runner crashed", async () => {
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

  it("refuses a frozen runner's writes after it ended the runner's turn", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const frozen = await claimLease(turns, first);
    await runGraph(frozen, () => "an answer that is never committed");
    await turns.stop(first);
    await letLeaseRunOut(first.conversationId);
    expect(await turns.claim(first)).toMatchObject({ outcome: "idle", turn: { result: "" } });

    await expect(frozen.beat({ text: "thawed", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.watch({ ...first, turnId: second?.turnId }))?.turn.status).toBe("queued");
    await expect(frozen.finish(endOf("thawed"))).rejects.toThrow(LeaseLost);
    expect(await threadOf(first.conversationId)).toEqual([]);
    expect((await claimLease(turns, first)).turn.id).toBe(second?.turnId);
  });

  it("ends a turn so that a late beat does not delay the next message", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    const frozen = await claimLease(turns, first);
    await turns.stop(first);
    await letLeaseRunOut(first.conversationId);
    await turns.claim(first);
    await expect(frozen.beat({ text: "thawed", tools: [] })).rejects.toThrow(LeaseLost);
    expect((await turns.claim({ ...first, turnId: second?.turnId })).outcome).toBe("claimed");
  });

  it("waits for a commit and starts the next turn", async () => {
    const [first, second] = await acceptAll(turns, ["one", "two"]);
    await claimLease(turns, first);
    const ending = await beginTransaction();
    await ending.sql(
      `update conversations set lease_until = null where id = '${first.conversationId}'`,
    );
    await ending.sql(
      `update turns set status = 'done', result = '', finished_at = now() where id = '${first.turnId}'`,
    );
    const claim = turns.claim({ ...first, turnId: undefined });
    await waitForBlocked(1);
    await ending.commit();
    expect(leaseOf(await claim).turn.id).toBe(second?.turnId);
  });

  it("returns a thread only to the caller that takes the lease", async () => {
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
    await watched.claim({ ...accepted, owner: newOwner() });
    expect(threadRows).toBe(0);
    const everything = { ...accepted, turnId: undefined };
    leaseOf(await watched.claim(everything));
    expect(threadRows).toBe(1);
    await watched.claim(everything);
    expect(threadRows).toBe(0);
  });
});

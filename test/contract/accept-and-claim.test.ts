import { randomUUID } from "node:crypto";
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
  unknownId,
} from "./turn-steps.ts";

const {
  conversations,
  countOf,
  database,
  letLeaseRunOut,
  neon,
  requestsOf,
  sql,
  threadOf,
  turns,
  turnsOn,
} = await openStores();

const newTurn = (message: string, where: { owner?: string; conversationId?: string } = {}) => ({
  owner: where.owner ?? newOwner(),
  conversationId: where.conversationId,
  message,
  bodyHash: message,
});
/** Returns the claim of an accepted message. Throws if the message was refused or replayed. */
async function claimOf(request: ReturnType<typeof turns.acceptAndClaim>) {
  const { acceptance, claim } = await request;
  if (acceptance.outcome !== "accepted" || !claim) {
    throw new Error(`The message was ${acceptance.outcome}.`);
  }
  return { ...acceptance, claim };
}
const outcomeOf = async (request: Promise<{ acceptance: { outcome: string } }>) =>
  (await request).acceptance.outcome;
/** What a claim changes of a conversation and its turns. */
const stateOf = (conversationId: string) =>
  sql(
    `select fence, lease_until, lease_holder, turns.id, status, attempts
     from conversations join turns on conversation_id = conversations.id
     where conversations.id = $1 order by seq`,
    [conversationId],
  );

describe("an accept with a claim", () => {
  it("stores a first message and starts its turn in one request", async () => {
    const input = newTurn("Hello");
    const requests = await requestsOf(async () => {
      const { acceptance, claim } = await turns.acceptAndClaim(input);
      expect(acceptance).toMatchObject({ outcome: "accepted", status: "queued" });
      expect(claim).toMatchObject({
        outcome: "claimed",
        lease: { turn: { message: "Hello", attempt: 1 } },
      });
    });
    expect(requests).toBe(1);
    expect(await countOf("turns", input.owner)).toBe(1);
  });

  /** Returns a store that notes how many statements each of its requests had. */
  function countingTurns() {
    const sent: number[] = [];
    const counting = turnsOn({
      async query(statement) {
        sent.push(1);
        return database.query(statement);
      },
      async transaction(statements) {
        sent.push(statements.length);
        return database.transaction(statements);
      },
    });
    return { counting, sent };
  }

  it("is one statement for a first message, and two in a transaction for a later message", async () => {
    const { counting, sent } = countingTurns();
    const input = newTurn("one");
    const { conversationId } = await claimOf(counting.acceptAndClaim(input));
    await counting.acceptAndClaim(newTurn("two", { ...input, conversationId }));
    expect(sent).toEqual([1, 2]);
  });

  it("is one statement for a message that begins a conversation of a known id, or a branch", async () => {
    const { counting, sent } = countingTurns();
    const { owner, conversationId } = { owner: newOwner(), conversationId: randomUUID() };
    const begin = (message: string) => ({
      ...newTurn(message, { owner, conversationId }),
      ...{ after: null, createsMissing: true },
    });
    const { claim } = await claimOf(counting.acceptAndClaim(begin("one")));
    await runGraph(leaseOf(claim), () => "to one");
    await leaseOf(claim).finish(endOf("to one"));
    sent.length = 0;
    const again = await claimOf(counting.acceptAndClaim(begin("one again")));
    expect(sent).toEqual([1]);
    const lease = leaseOf(again.claim);
    expect(lease.turn).toMatchObject({ conversationId, parent: null, branch: [] });
    await runGraph(lease, () => "to one again");
    await lease.finish(endOf("to one again"));
    expect(await threadOf(conversationId)).toEqual(["human: one again", "ai: to one again"]);
  });

  it("reads the thread in a second request if an older message comes before one that begins a branch", async () => {
    const { counting, sent } = countingTurns();
    const [first] = await acceptAll(turns, ["one"]);
    await answerNext(turns, first, "to one");
    await turns.accept(newTurn("two", first));
    const branch = { ...newTurn("three", first), after: null };
    const { claim } = await claimOf(counting.acceptAndClaim(branch));
    expect(sent).toEqual([1, 1]);
    const lease = leaseOf(claim);
    expect(lease.turn.message).toBe("two");
    await runGraph(lease, () => "to two");
    await lease.finish(endOf("to two"));
    expect(await threadOf(first.conversationId)).toEqual([
      ...["human: one", "ai: to one", "human: two", "ai: to two"],
    ]);
  });

  it("begins a missing conversation and starts its turn in one request of two statements", async () => {
    const conversationId = randomUUID();
    const named = { ...newTurn("Hello", { conversationId }), createsMissing: true };
    let claim: unknown;
    const requests = await requestsOf(async () => {
      ({ claim } = await claimOf(turns.acceptAndClaim(named)));
    });
    expect(requests).toBe(1);
    expect(claim).toMatchObject({ outcome: "claimed", lease: { turn: { conversationId } } });
  });

  it("claims nothing if another owner has the conversation that may be missing", async () => {
    const [{ conversationId }] = await acceptAll(turns, ["one"]);
    const before = await stateOf(conversationId);
    const stranger = { ...newTurn("Hello", { conversationId }), createsMissing: true };
    expect(await turns.acceptAndClaim(stranger)).toEqual({
      acceptance: { outcome: "unknown" },
      claim: undefined,
    });
    expect(await stateOf(conversationId)).toEqual(before);
  });

  it("returns the thread of a later message, and the end stores the next thread", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    await answerNext(turns, first, "to one");
    const { claim } = await claimOf(turns.acceptAndClaim(newTurn("two", first)));
    const lease = leaseOf(claim);
    await runGraph(lease, () => "to two");
    await lease.finish(endOf("to two"));
    expect(await threadOf(first.conversationId)).toEqual([
      "human: one",
      "ai: to one",
      "human: two",
      "ai: to two",
    ]);
  });

  it("works in a session whose plans are older than a migration that adds columns", async () => {
    const runTwoTurns = async () => {
      const [first, second] = await acceptAll(turns, ["one", "two"]);
      const lease = await claimLease(turns, first);
      const { claim } = await turns.acceptAndClaim(newTurn("three", first));
      expect(claim).toMatchObject({ outcome: "busy", turn: { message: "one" } });
      await lease.finish(endOf("1"));
      const next = await claimLease(turns, first);
      await letLeaseRunOut(first.conversationId);
      await turns.stop({ ...first, turnId: next.turn.id });
      expect((await turns.watch({ ...first, turnId: second?.turnId }))?.turn.status).toBe(
        "stopped",
      );
    };
    // From the sixth call of a session on, PostgreSQL keeps one plan for all parameters.
    for (let count = 0; count < 10; count += 1) await runTwoTurns();
    await sql("alter table conversations add column added integer");
    await sql("alter table turns add column added integer");
    await runTwoTurns();
  });

  it("queues the turn while another runner has the lease", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    const runner = await claimLease(turns, first);
    const { acceptance, claim } = await turns.acceptAndClaim(newTurn("two", first));
    expect(acceptance).toMatchObject({ outcome: "accepted" });
    expect(claim).toMatchObject({ outcome: "busy", turn: { message: "one", status: "running" } });
    await runner.finish(endOf("1"));
    expect((await claimLease(turns, first)).turn).toMatchObject({ message: "two", attempt: 1 });
  });

  it("starts the oldest waiting turn, which may be another", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    const { claim } = await turns.acceptAndClaim(newTurn("two", first));
    expect(claim).toMatchObject({ outcome: "claimed", lease: { turn: { message: "one" } } });
  });

  it("fails a turn that three runners have lost, and starts the new one", async () => {
    const [first] = await acceptAll(turns, ["poison"]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await claimLease(turns, first);
      await letLeaseRunOut(first.conversationId);
    }
    const { claim } = await turns.acceptAndClaim(newTurn("harmless", first));
    expect(claim).toMatchObject({ outcome: "claimed", lease: { turn: { message: "harmless" } } });
    expect((await turns.watch(first))?.turn).toMatchObject({ status: "failed", attempt: 3 });
  });
});

describe("an accept with a claim whose reply is lost", () => {
  it("keeps its turn, its lease and its attempt when it is sent again", async () => {
    const input = newTurn("Hello");
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const { claim } = await claimOf(turns.acceptAndClaim(input));
    neon.fault = undefined;
    const lease = leaseOf(claim);
    expect(lease.turn.attempt).toBe(1);
    expect(await countOf("turns", input.owner)).toBe(1);
    expect(await countOf("conversations", input.owner)).toBe(1);
    await lease.beat({ text: "Hi", tools: [] });
    await lease.finish(endOf("Hi"));
    expect(await stateOf(lease.turn.conversationId)).toMatchObject([
      { status: "done", attempts: 1, fence: "1" },
    ]);
  });

  it("keeps the last open turn of a full queue", async () => {
    const [first] = await acceptAll(turns, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const { acceptance } = await turns.acceptAndClaim(newTurn("9", first));
    neon.fault = undefined;
    expect(acceptance.outcome).toBe("accepted");
    expect(await countOf("turns", first.owner)).toBe(10);
  });

  it("starts nothing if it arrives again after its turn has ended", async () => {
    const sent: Statement[] = [];
    const recording = turnsOn({
      async query(statement) {
        sent.push(statement);
        return database.query(statement);
      },
    });
    const input = newTurn("one");
    const { claim } = await claimOf(recording.acceptAndClaim(input));
    const lease = leaseOf(claim);
    const [acceptAndClaim, ...others] = sent;
    if (!acceptAndClaim || others.length > 0) throw new Error(`${sent.length} statements`);
    await lease.finish(endOf("1"));
    const { owner } = input;
    const { conversationId } = lease.turn;
    await acceptAll(turns, ["two"], { owner, conversationId });
    await database.query(acceptAndClaim);
    const next = await claimLease(turns, { owner, conversationId });
    expect(next.turn).toMatchObject({ message: "two", attempt: 1 });
  });
});

describe("an accept that is refused or replayed", () => {
  /** A conversation with a thread and a turn that lost three runners: any claim would end that turn. */
  async function lostConversation(messages: string[]) {
    const [answered] = await acceptAll(turns, ["answered"]);
    await answerNext(turns, answered, "answer");
    const [first] = await acceptAll(turns, messages, answered);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await claimLease(turns, first);
      await letLeaseRunOut(first.conversationId);
    }
    return first;
  }

  it("claims nothing, ends nothing and reads no thread", async () => {
    const full = await lostConversation(Array.from({ length: 10 }, String));
    const keyed = { ...newTurn("one"), idempotencyKey: "key" };
    const { conversationId } = await claimOf(turns.acceptAndClaim(keyed));
    await letLeaseRunOut(conversationId);

    let threadRows: number | undefined;
    const watched = turnsOn({
      async transaction(statements) {
        const results = await database.transaction(statements);
        threadRows = results.at(-1)?.length;
        return results;
      },
    });
    const refusals = [
      [newTurn("one too many", full), "queue_full"],
      [{ ...newTurn("other", full), replaces: full.turnId }, "queue_full"],
      [{ ...newTurn("other", full), after: unknownId }, "unknown"],
      [{ ...newTurn("other", full), replaces: unknownId }, "unknown"],
      [newTurn("other", { ...full, owner: newOwner() }), "unknown"],
      [keyed, "replayed"],
      [{ ...keyed, conversationId }, "replayed"],
      [{ ...keyed, bodyHash: "other" }, "key_reused"],
      [{ ...keyed, conversationId: unknownId }, "replayed"],
    ] as const;
    for (const [input, outcome] of refusals) {
      threadRows = undefined;
      const before = [await stateOf(full.conversationId), await stateOf(conversationId)];
      const answer = await watched.acceptAndClaim(input);
      expect(answer).toMatchObject({ acceptance: { outcome }, claim: undefined });
      // A new conversation has no thread to read.
      expect(threadRows).toBe("conversationId" in input && input.conversationId ? 0 : undefined);
      expect([await stateOf(full.conversationId), await stateOf(conversationId)]).toEqual(before);
    }
  });

  it("continues with an ordinary claim", async () => {
    const keyed = { ...newTurn("one"), idempotencyKey: "key" };
    const { conversationId } = await claimOf(turns.acceptAndClaim(keyed));
    const target = { owner: keyed.owner, conversationId };
    await letLeaseRunOut(target.conversationId);
    expect(await turns.acceptAndClaim(keyed)).toMatchObject({ claim: undefined });
    expect((await claimLease(turns, target)).turn).toMatchObject({ message: "one", attempt: 2 });
  });
});

describe("simultaneous accepts with claims", () => {
  it("of one key are one turn with one runner", async () => {
    const input = { ...newTurn("Hello"), idempotencyKey: "key" };
    const all = await Promise.all(Array.from({ length: 50 }, () => turns.acceptAndClaim(input)));
    expect(all.filter(({ claim }) => claim?.outcome === "claimed")).toHaveLength(1);
    expect(all.filter(({ acceptance }) => acceptance.outcome === "replayed")).toHaveLength(49);
    expect(await countOf("turns", input.owner)).toBe(1);
    expect(await countOf("conversations", input.owner)).toBe(1);
  });

  it("of one conversation have one runner, and the eleventh open turn is refused", async () => {
    const [first] = await acceptAll(turns, ["0"]);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => turns.acceptAndClaim(newTurn(`${index}`, first))),
    );
    const outcomes = all.map(({ acceptance }) => acceptance.outcome);
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(9);
    expect(outcomes.filter((outcome) => outcome === "queue_full")).toHaveLength(11);
    expect(all.filter(({ claim }) => claim?.outcome === "claimed")).toHaveLength(1);
    expect(all.filter(({ claim }) => claim?.outcome === "busy")).toHaveLength(8);
  });

  it("leave nothing of a conversation that is deleted meanwhile", async () => {
    for (let round = 0; round < 10; round += 1) {
      const [first] = await acceptAll(turns, ["one"]);
      const [outcome, wasDeleted] = await Promise.all([
        outcomeOf(turns.acceptAndClaim(newTurn("two", first))),
        conversations.delete({ owner: first.owner, id: first.conversationId }),
      ]);
      expect(wasDeleted).toBe(true);
      expect(["accepted", "unknown"]).toContain(outcome);
      expect(await countOf("turns", first.owner)).toBe(0);
      expect(await countOf("conversations", first.owner)).toBe(0);
    }
  });

  it("never wait in a circle with claims, stops, ends and deletions", async () => {
    const owner = newOwner();
    const places = await Promise.all(
      ["a", "b", "c"].map(async (message) => {
        const [first] = await acceptAll(turns, [message], { owner });
        return first;
      }),
    );
    async function answer(place: (typeof places)[number]) {
      const { claim } = await turns.acceptAndClaim(newTurn("next", place));
      if (claim?.outcome !== "claimed") return;
      await leaseOf(claim)
        .finish(endOf("answer"))
        .catch((error: unknown) => {
          // The deletion came first.
          if (!(error instanceof LeaseLost)) throw error;
        });
    }
    const round = places.flatMap((place) => [
      () => answer(place),
      () => answer(place),
      () => turns.acceptAndClaim(newTurn("new conversation", { owner })),
      () => turns.accept(newTurn("queued", place)),
      () => turns.claim({ owner, conversationId: place.conversationId }),
      () => turns.stop(place),
      () => conversations.list({ owner, limit: 10 }),
    ]);
    await Promise.all(Array.from({ length: 4 }, () => round.map((step) => step())).flat());
    await Promise.all([
      ...places.map(answer),
      ...places.map(({ conversationId }) => conversations.delete({ owner, id: conversationId })),
    ]);
    expect(await conversations.list({ owner, limit: 50 })).toMatchObject({
      conversations: Array(12).fill({ title: "new conversation" }),
    });
  });
});

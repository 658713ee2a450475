import { describe, expect, it } from "vitest";
import { acceptTurn } from "#lib/conversations/accept-turn.ts";
import { createStoreFeedback } from "#lib/conversations/store-feedback.ts";
import type { StoredAttempt } from "#lib/conversations/stored-trace.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { acceptAndPark, decisionAbout } from "./act-steps.ts";
import { openStores, type Turns } from "./open-stores.ts";
import { acceptAll, answerNext, claimLease, endOf, newOwner } from "./turn-steps.ts";

const { conversations, countOf, database, letLeaseRunOut, requestsOf, sql, turns, turnsWithin } =
  await openStores();

const accept = (
  turns: Turns,
  owner: string,
  input: { message?: string; conversationId?: string; idempotencyKey?: string } = {},
) => turns.accept({ owner, message: "Hello", bodyHash: "x", ...input });

/** Sends requests at once and returns how many had which outcome. */
async function outcomesAtOnce(
  count: number,
  request: (index: number) => Promise<{ outcome: string }>,
) {
  const accepted = await Promise.all(Array.from({ length: count }, (_, index) => request(index)));
  const outcomes: Record<string, number> = {};
  for (const { outcome } of accepted) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return outcomes;
}

describe("open turns of an owner", () => {
  it("stay within the bound if 60 conversations begin at once", async () => {
    const turns = turnsWithin({ openTurns: 20 });
    const owner = newOwner();
    const outcomes = await outcomesAtOnce(60, () => accept(turns, owner));
    expect(outcomes).toEqual({ accepted: 20, too_many_open_turns: 40 });
    expect(await countOf("conversations", owner)).toBe(20);
  });

  it("stay within the bound if 30 messages to six conversations arrive at once", async () => {
    const turns = turnsWithin({ openTurns: 12 });
    const owner = newOwner();
    const ids: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const [{ conversationId }] = await acceptAll(turns, ["first"], { owner });
      ids.push(conversationId);
    }
    const outcomes = await outcomesAtOnce(30, (index) =>
      accept(turns, owner, { conversationId: ids[index % ids.length] ?? "" }),
    );
    expect(outcomes).toEqual({ accepted: 6, too_many_open_turns: 24 });
  });

  it("drop below the bound after an answer, a stop and a deletion", async () => {
    const turns = turnsWithin({ openTurns: 3 });
    const owner = newOwner();
    const [one] = await acceptAll(turns, ["one"], { owner });
    const [two] = await acceptAll(turns, ["two"], { owner });
    const [three] = await acceptAll(turns, ["three"], { owner });
    const frees = [
      () => answerNext(turns, one, "answer"),
      () => turns.stop(two),
      () => conversations.delete({ owner, id: three.conversationId }),
    ];
    for (const free of frees) {
      expect(await accept(turns, owner)).toEqual({ outcome: "too_many_open_turns" });
      await free();
      expect(await accept(turns, owner)).toMatchObject({ outcome: "accepted" });
    }
  });

  it("do not count for other owners", async () => {
    const turns = turnsWithin({ openTurns: 1 });
    for (const owner of [newOwner(), newOwner()]) {
      expect(await accept(turns, owner)).toMatchObject({ outcome: "accepted" });
    }
  });
});

describe("conversations of an owner", () => {
  it("stay within the bound if 40 begin at once, and drop below it after a deletion", async () => {
    const turns = turnsWithin({ conversations: 15 });
    const owner = newOwner();
    const outcomes = await outcomesAtOnce(40, () => accept(turns, owner));
    expect(outcomes).toEqual({ accepted: 15, too_many_conversations: 25 });
    expect(await countOf("conversations", owner)).toBe(15);
    const page = await conversations.list({ owner, limit: 1 });
    const id = page?.conversations[0]?.id ?? "";
    // The bound does not apply to an existing conversation.
    expect(await accept(turns, owner, { conversationId: id })).toMatchObject({
      outcome: "accepted",
    });
    await conversations.delete({ owner, id });
    expect(await accept(turns, owner)).toMatchObject({ outcome: "accepted" });
  });
});

async function counted(conversationId: string): Promise<number> {
  const [row] = await sql("select stored_bytes::int as n from conversations where id = $1", [
    conversationId,
  ]);
  return Number(row?.n);
}

describe("stored bytes of an owner", () => {
  const storedBytes = 200_000;
  const message = "x".repeat(10_000);

  it("stay within the bound if 20 large messages arrive at once, and drop below it after a deletion", async () => {
    const turns = turnsWithin({ storedBytes });
    const owner = newOwner();
    const outcomes = await outcomesAtOnce(20, () => accept(turns, owner, { message }));
    expect(outcomes).toEqual({ accepted: 9, storage_full: 11 });
    const [row] = await sql(
      "select sum(stored_bytes)::int as bytes from conversations where owner = $1",
      [owner],
    );
    expect(row?.bytes).toBeLessThanOrEqual(storedBytes);
    const page = await conversations.list({ owner, limit: 1 });
    await conversations.delete({ owner, id: page?.conversations[0]?.id ?? "" });
    expect(await accept(turns, owner, { message })).toMatchObject({ outcome: "accepted" });
  });

  it("count bytes instead of characters, and 1 KB for each turn", async () => {
    const turns = turnsWithin({ storedBytes });
    const chinese = "語".repeat(10_000);
    expect(await outcomesAtOnce(10, () => accept(turns, "chinese", { message: chinese }))).toEqual({
      accepted: 3,
      storage_full: 7,
    });
    const short = turnsWithin({ storedBytes: 20_000 });
    expect(await outcomesAtOnce(40, () => accept(short, "short", { message: "." }))).toEqual({
      accepted: 19,
      storage_full: 21,
    });
  });

  it("count an answer once, with its tools and 1 KB for each call, whether it ends or is stopped", async () => {
    const [accepted] = await acceptAll(turns, ["1234567890"]);
    expect(await counted(accepted.conversationId)).toBe(1024 + 20);
    const lease = await claimLease(turns, accepted);
    const tools = [
      { id: "a", name: "read_page", state: "done" as const, output: "x".repeat(1_000) },
    ];
    for (const text of ["ans", "answer"]) await lease.beat({ text, tools });
    expect(await counted(accepted.conversationId)).toBe(1024 + 20);
    await lease.finish(endOf("answer 90", { tools }));
    const toolBytes = JSON.stringify(tools).length;
    expect(await counted(accepted.conversationId)).toBe(2 * 1024 + 2 * (10 + 9 + toolBytes));

    const [stopped] = await acceptAll(turns, ["1234567890"]);
    const gone = await claimLease(turns, stopped);
    await gone.beat({ text: "half", tools: [] });
    await letLeaseRunOut(stopped.conversationId);
    await turns.stop(stopped);
    await turns.stop(stopped);
    expect(await counted(stopped.conversationId)).toBe(1024 + 2 * (10 + 4 + "[]".length));
  });

  it("count the trace, the suggestions and the feedback of a turn that parks", async () => {
    const spans = Array.from({ length: 60 }, (_, index) => ({
      ...{ kind: "claim" as const, start_ms: index, duration_ms: 1 },
    }));
    const attemptOf = (attempt: number, outcome: StoredAttempt["outcome"]): StoredAttempt => ({
      ...{ attempt, outcome, sent_ms: 0, first_token_ms: null, spans },
    });
    const { accepted, calls } = await acceptAndPark(turns, 1, {}, attemptOf(1, "waiting"));
    const { owner, turnId, conversationId } = accepted;
    /** Returns the bytes of what stands beside the texts, and checks that the conversation has counted them. */
    const besideTexts = async () => {
      const [row] = await sql(
        `select turn_bytes(turns)::int as all,
           turn_bytes(jsonb_populate_record(turns, '{"trace":null,"suggestions":null,"feedback":null}'))::int as texts,
           octet_length(trace::text) as trace
         from turns where id = $1`,
        [turnId],
      );
      expect(await counted(conversationId)).toBe(row?.all);
      return { bytes: Number(row?.all) - Number(row?.texts), trace: Number(row?.trace) };
    };
    const parked = await besideTexts();
    expect(parked.trace).toBeGreaterThan(60);
    expect(parked.bytes).toBe(parked.trace);
    const [call] = calls;
    if (!call) throw new Error("no call");
    await turns.decide(decisionAbout(accepted, call, { decision: "deny" }));
    const lease = await claimLease(turns, accepted);
    const suggestions = ["And why?"];
    await lease.finish(endOf("no", { suggestions, trace: attemptOf(2, "done") }));
    const ended = await besideTexts();
    expect(ended.trace).toBeGreaterThan(parked.trace + 60);
    expect(ended.bytes).toBe(ended.trace + JSON.stringify(suggestions).length);
    const storeFeedback = createStoreFeedback(database);
    const reason = "ä".repeat(1_000);
    await storeFeedback({ owner, turnId, update: { value: "up", reason } });
    const given = Buffer.byteLength(JSON.stringify({ value: "up", reason }));
    expect(await besideTexts()).toEqual({ ...ended, bytes: ended.bytes + given });
    await storeFeedback({ owner, turnId, update: { value: null } });
    expect(await besideTexts()).toEqual(ended);
  });

  it("never refuse the answer to an accepted message", async () => {
    const turns = turnsWithin({ storedBytes: 10_000 });
    const owner = newOwner();
    const [accepted] = await acceptAll(turns, ["one"], { owner });
    await answerNext(turns, accepted, "x".repeat(100_000));
    expect(await accept(turns, owner)).toEqual({ outcome: "storage_full" });
  });
});

describe("a refused accept", () => {
  it("does not prevent a replay", async () => {
    const bounds = { openTurns: 1, conversations: 1, storedBytes: 3_000 };
    const turns = turnsWithin(bounds);
    const owner = newOwner();
    const request = { owner, message: "Hello", idempotencyKey: "key", bodyHash: "x" };
    const accepted = await turns.accept(request);
    expect(await accept(turns, owner)).toEqual({ outcome: "too_many_open_turns" });
    expect(await turns.accept(request)).toEqual({ ...accepted, outcome: "replayed" });
    expect(await turns.accept({ ...request, bodyHash: "y" })).toEqual({ outcome: "key_reused" });
    expect(await countOf("conversations", owner)).toBe(1);
  });

  it("is unknown for an unknown or foreign conversation, before any bound", async () => {
    const turns = turnsWithin({ openTurns: 1, conversations: 1, storedBytes: 3_000 });
    const [foreign] = await acceptAll(turns, ["theirs"]);
    const [{ owner }] = await acceptAll(turns, ["mine"]);
    for (const conversationId of [foreign.conversationId, "99999999-9999-4999-8999-999999999999"]) {
      expect(await accept(turns, owner, { conversationId })).toEqual({ outcome: "unknown" });
    }
  });

  it("costs one request, like an accepted message", async () => {
    const turns = turnsWithin({ openTurns: 1 });
    const owner = newOwner();
    expect(await requestsOf(() => accept(turns, owner))).toBe(1);
    expect(await requestsOf(() => accept(turns, owner))).toBe(1);
  });
});

describe("the checks of an accept", () => {
  it("read as many blocks of long tables as of short tables", async () => {
    const owner = newOwner();
    const [{ conversationId }] = await acceptAll(turns, ["one"], { owner });
    const blocksRead = async () => {
      let accept: Statement | undefined;
      const capturing = {
        ...database,
        async query(statement: Statement) {
          accept = statement;
          return [{ acceptance: { outcome: "unknown" } }];
        },
      };
      const bounds = { openTurns: 10, conversations: 10, storedBytes: 1_000_000 };
      await acceptTurn(capturing, { owner, conversationId, message: "x", bodyHash: "x" }, bounds);
      const [row] = await sql(
        `explain (analyze, buffers, format json) ${accept?.text}`,
        accept?.params.map((value) => value ?? null),
      );
      const plans = (row?.["QUERY PLAN"] ?? []) as { Plan: Record<string, number> }[];
      expect(plans).toHaveLength(1);
      return Number(plans[0]?.Plan["Shared Hit Blocks"]);
    };
    await blocksRead(); // reads the catalogues, too
    const ofShort = await blocksRead();
    const [other] = await acceptAll(turns, ["one"], { owner });
    await sql(
      `insert into turns
         (id, conversation_id, owner, body_hash, input, status, result, finished_at)
       select gen_random_uuid(), $1, owner, 'x', 'message', 'done', 'answer', now()
       from unnest($2::text[]) owner, generate_series(1, 2000)`,
      [other.conversationId, [owner, "somebody else"]],
    );
    await sql("vacuum analyze turns, conversations");
    await blocksRead();
    expect(await blocksRead()).toBeLessThan(ofShort + 20);
  });
});

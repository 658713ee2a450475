import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import { acceptAll, answerNext, newOwner } from "./turn-steps.ts";

const { conversations, countOf, neon, requestsOf, sql, turns, turnsWithin } = await openStores();

describe("an accept", () => {
  it("stores a first message and its conversation in one request", async () => {
    const owner = newOwner();
    const message = "Plan a trip\nto Rome";
    expect(await requestsOf(() => turns.accept({ owner, message, bodyHash: "a" }))).toBe(1);
    const page = await conversations.list({ owner, limit: 10 });
    expect(page?.conversations).toMatchObject([{ title: "Plan a trip" }]);
  });

  it("appends a later message and moves the conversation to the top of the list", async () => {
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

  it("stores 100 simultaneous duplicates as one turn in one conversation", async () => {
    const owner = newOwner();
    const request = { owner, message: "Hello", idempotencyKey: "key", bodyHash: "a" };
    const accepted = await Promise.all(Array.from({ length: 100 }, () => turns.accept(request)));
    expect(new Set(accepted.map((one) => "turnId" in one && one.turnId)).size).toBe(1);
    expect(accepted.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
    expect(accepted.filter(({ outcome }) => outcome === "replayed")).toHaveLength(99);
    expect(await countOf("turns", owner)).toBe(1);
    expect(await countOf("conversations", owner)).toBe(1);
  });

  it("replays a key with the turn's current status, even if the queue is full", async () => {
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
    ["for a first message", false],
    ["for a later message", true],
  ])("refuses a key that was used with another body, %s", async (_, hasConversation) => {
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

  it("lets two owners use the same key", async () => {
    const request = { message: "Hello", idempotencyKey: "shared", bodyHash: "a" };
    const accepted = [
      await turns.accept({ ...request, owner: newOwner() }),
      await turns.accept({ ...request, owner: newOwner() }),
    ];
    expect(accepted.map(({ outcome }) => outcome)).toEqual(["accepted", "accepted"]);
  });

  it("accepts ten of 20 simultaneous messages to one conversation", async () => {
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

  it("stores one turn if the reply is lost and the request is sent again", async () => {
    const owner = newOwner();
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

describe("an accept that names a conversation which may be missing", () => {
  const named = () => ({
    ...{ owner: newOwner(), conversationId: randomUUID(), createsMissing: true },
    ...{ message: "Hello", bodyHash: "a" },
  });

  it("begins the conversation under this id in one request, and continues it later", async () => {
    const first = named();
    const ids = { conversationId: first.conversationId, outcome: "accepted" };
    expect(await requestsOf(async () => expect(await turns.accept(first)).toMatchObject(ids))).toBe(
      1,
    );
    expect(await turns.accept({ ...first, message: "two", bodyHash: "b" })).toMatchObject(ids);
    const { owner, conversationId: id } = first;
    expect(await conversations.get({ owner, id, limit: 5 })).toMatchObject({
      title: "Hello",
      turns: [{ message: "Hello", parent: null }, { message: "two" }],
    });
  });

  it("without that permission finds nothing", async () => {
    const { createsMissing: _, ...first } = named();
    expect(await turns.accept(first)).toEqual({ outcome: "unknown" });
    expect(await countOf("conversations", first.owner)).toBe(0);
  });

  it("does not find the conversation of another owner", async () => {
    const first = named();
    await turns.accept(first);
    const stranger = { ...first, owner: newOwner() };
    expect(await turns.accept(stranger)).toEqual({ outcome: "unknown" });
    expect(await countOf("turns", stranger.owner)).toBe(0);
  });

  it("begins nothing for a turn that follows a turn elsewhere", async () => {
    const first = named();
    const [other] = await acceptAll(turns, ["other"], { owner: first.owner });
    const accept = turns.accept({ ...first, after: other.turnId });
    expect(await accept).toEqual({ outcome: "unknown" });
    expect(await countOf("conversations", first.owner)).toBe(1);
  });

  it("begins one conversation for 20 simultaneous requests of one owner", async () => {
    const first = named();
    const requests = Array.from({ length: 20 }, (_, index) =>
      turns.accept({ ...first, idempotencyKey: index % 2 === 0 ? "even" : "odd" }),
    );
    const outcomes = (await Promise.all(requests)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "replayed")).toHaveLength(18);
    expect(await countOf("conversations", first.owner)).toBe(1);
  });

  it("gives the conversation to one of 10 owners who begin it at the same time", async () => {
    const first = named();
    const owners = Array.from({ length: 10 }, newOwner);
    const all = await Promise.all(owners.map((owner) => turns.accept({ ...first, owner })));
    expect(all.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome === "unknown")).toHaveLength(9);
  });

  it("counts among the owner's conversations", async () => {
    const first = named();
    const bounded = turnsWithin({ conversations: 1 });
    await bounded.accept(first);
    const second = { ...first, conversationId: randomUUID() };
    expect(await bounded.accept(second)).toEqual({ outcome: "too_many_conversations" });
    expect(await bounded.accept({ ...first, bodyHash: "b" })).toMatchObject({
      outcome: "accepted",
    });
  });

  it("stores one turn if the reply is lost and the request is sent again", async () => {
    const first = named();
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    expect(await turns.accept(first)).toMatchObject({ outcome: "accepted" });
    neon.fault = undefined;
    expect(await countOf("turns", first.owner)).toBe(1);
  });
});

describe("an accept of a program", () => {
  it("stores the program's key and tools, which take the owner's space until the turn is deleted", async () => {
    const owner = newOwner();
    const clientTools = [{ name: "open_door", description: "é", parameters: { type: "object" } }];
    const bytes = Buffer.byteLength(JSON.stringify(clientTools));
    const [bare] = await acceptAll(turns, ["Hello"], { owner });
    const request = { owner, message: "Hello", bodyHash: "a", keyId: "abc", clientTools };
    const accepted = await turns.accept(request);
    if (!("turnId" in accepted)) throw new Error(accepted.outcome);
    expect(
      await sql("select key_id, client_tools from turns where id = $1", [accepted.turnId]),
    ).toEqual([{ key_id: "abc", client_tools: clientTools }]);
    const bytesOf = async ({ conversationId }: { conversationId: string }) => {
      const sum = "select stored_bytes::int as bytes from conversations where id = $1";
      return Number((await sql(sum, [conversationId]))[0]?.bytes);
    };
    expect(await bytesOf(accepted)).toBe((await bytesOf(bare)) + bytes);
    await answerNext(turns, { owner, ...accepted }, "answer");
    await answerNext(turns, bare, "answer");
    expect(await bytesOf(accepted)).toBe((await bytesOf(bare)) + bytes);
    const full = turnsWithin({
      storedBytes: (await bytesOf(bare)) * 2 + 1024 + 10 + bytes,
    });
    const other = { owner, message: "Hello", bodyHash: "b" };
    expect(await full.accept({ ...other, clientTools })).toEqual({ outcome: "storage_full" });
    expect(await full.accept(other)).toMatchObject({ outcome: "accepted" });
  });
});

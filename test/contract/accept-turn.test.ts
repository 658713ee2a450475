import { describe, expect, it } from "vitest";
import { openStores } from "./open-stores.ts";
import { acceptAll, answerNext, newOwner } from "./turn-steps.ts";

const { conversations, countOf, neon, requestsOf, turns } = await openStores();

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

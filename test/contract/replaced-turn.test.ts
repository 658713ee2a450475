import { describe, expect, it } from "vitest";
import { answerWith } from "#local/bedrock/script.ts";
import { runParts } from "#test/support/run-parts.ts";
import { agentTurn, openDemoAgent } from "./open-demo-agent.ts";
import { openStores } from "./open-stores.ts";
import {
  type Accepted,
  acceptAll,
  claimLease,
  endOf,
  type LeaseWithThread,
  newOwner,
  unknownId,
} from "./turn-steps.ts";

const { conversations, letLeaseRunOut, neon, requestsOf, threadOf, turns } = await openStores();
const { bedrock, createDemoAgent } = await openDemoAgent();

/** Runs the agent for a lease's turn. Commits nothing. */
async function runAgent(lease: LeaseWithThread, words: string): Promise<void> {
  bedrock.script.add(answerWith(words));
  for await (const _ of createDemoAgent().run({
    ...agentTurn(lease),
    ...runParts(),
  }));
}

async function answer(where: Accepted, words: string): Promise<void> {
  const lease = await claimLease(turns, where);
  await runAgent(lease, words);
  await lease.finish(endOf(words));
}

const ask = (replaced: Accepted, message: string) => ({
  owner: replaced.owner,
  conversationId: replaced.conversationId,
  replaces: replaced.turnId,
  message,
  bodyHash: message,
});

async function replace(replaced: Accepted, message: string): Promise<Accepted> {
  const accepted = await turns.accept(ask(replaced, message));
  if (accepted.outcome !== "accepted") throw new Error(`It was ${accepted.outcome}.`);
  return { ...replaced, turnId: accepted.turnId };
}

async function transcript({ owner, conversationId: id }: Accepted): Promise<string[]> {
  const conversation = await conversations.get({ owner, id, limit: 50 });
  return conversation?.turns.map(({ message, status }) => `${message}: ${status}`) ?? [];
}

describe("a message that replaces a turn", () => {
  it("is accepted in one request and removes the old turn from the transcript", async () => {
    const [first] = await acceptAll(turns, ["Hello"]);
    await answer(first, "Hi.");
    const [old] = await acceptAll(turns, ["Tell me a jok"], first);
    await answer(old, "What?");
    let edited = old;
    const accept = async () => {
      edited = await replace(old, "Tell me a joke");
    };
    expect(await requestsOf(accept)).toBe(1);
    expect(await transcript(first)).toEqual(["Hello: done", "Tell me a joke: queued"]);
    const newest = await turns.watch({ ...first, turnId: undefined });
    expect(newest?.turn.turn_id).toBe(edited.turnId);
    expect(newest?.turn.replaces).toBe(old.turnId);
    expect((await turns.watch(old))?.turn).toMatchObject({ result: "What?", replaces: null });
    expect((await claimLease(turns, edited)).turn.replaces).toBe(old.turnId);
    expect(await turns.claim(edited)).toMatchObject({
      outcome: "busy",
      turn: { replaces: old.turnId },
    });
  });

  it("may replace an open turn, an older turn, and a replaced turn", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    const whileOpen = await replace(one, "while it waits");
    await answer(one, "answer");
    await answer(whileOpen, "answer");
    await acceptAll(turns, ["two"], one);
    const older = await replace(one, "later");
    expect(await transcript(one)).toEqual(["later: queued"]);
    await turns.stop(older);
    const { owner, conversationId: id } = one;
    const conversation = await conversations.get({ owner, id, limit: 50 });
    expect(conversation?.turns[0]).toMatchObject({
      ...{ parent: null, replaces: one.turnId },
      versions: [one.turnId, whileOpen.turnId, older.turnId],
    });
  });

  it("is unknown for a turn of another conversation or owner", async () => {
    const [mine] = await acceptAll(turns, ["mine"]);
    const [other] = await acceptAll(turns, ["my other one"], { owner: mine.owner });
    const [theirs] = await acceptAll(turns, ["theirs"]);
    for (const one of [mine, other, theirs]) await answer(one, "answer");
    for (const wrong of [
      { ...mine, turnId: unknownId },
      { ...mine, turnId: other.turnId },
      { ...mine, turnId: theirs.turnId },
      { ...theirs, owner: mine.owner },
      { ...theirs, owner: newOwner() },
    ]) {
      expect(await turns.accept(ask(wrong, "x"))).toEqual({ outcome: "unknown" });
    }
  });

  it("is one of as many versions as there were simultaneous messages", async () => {
    const [old] = await acceptAll(turns, ["one"]);
    await answer(old, "answer");
    const all = await Promise.all(Array.from({ length: 9 }, (_, i) => replace(old, `edited ${i}`)));
    const { owner, conversationId: id } = old;
    const [shown, ...others] = (await conversations.get({ owner, id, limit: 50 }))?.turns ?? [];
    expect(others).toEqual([]);
    const ids = [old, ...all].map(({ turnId }) => turnId);
    expect(shown?.versions?.toSorted()).toEqual(ids.toSorted());
    expect(shown?.turn_id).toBe(shown?.versions?.at(-1));
  });

  it("is accepted once if it is sent again or its reply is lost", async () => {
    const [old] = await acceptAll(turns, ["one"]);
    await answer(old, "answer");
    const request = { ...ask(old, "edited"), idempotencyKey: "key" };
    let faults = 1;
    neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
    const accepted = await turns.accept(request);
    neon.fault = undefined;
    expect(accepted).toMatchObject({ outcome: "accepted" });
    expect(await turns.accept(request)).toEqual({ ...accepted, outcome: "replayed" });
    expect(await transcript(old)).toEqual(["edited: queued"]);
  });
});

describe("the title of a conversation", () => {
  const title = async ({ owner, conversationId: id }: Accepted) =>
    (await conversations.get({ owner, id, limit: 1 }))?.title;

  it("follows the replacement of the first message", async () => {
    const [first] = await acceptAll(turns, ["Tell me a jok"]);
    await answer(first, "What?");
    const edited = await replace(first, "Tell me a joke");
    expect(await title(first)).toBe("Tell me a joke");
    await turns.stop(edited);
    const again = await replace(edited, "Tell me two jokes");
    expect(await title(first)).toBe("Tell me two jokes");
    await answer(again, "Knock, knock.");
    const [second] = await acceptAll(turns, ["And another"], first);
    await answer(second, "No.");
    await replace(second, "And another, please");
    expect(await title(first)).toBe("Tell me two jokes");
  });

  it("does not change if the message is refused", async () => {
    const [first] = await acceptAll(
      turns,
      Array.from({ length: 10 }, (_, i) => `message ${i}`),
    );
    expect(await turns.accept(ask(first, "one too many"))).toEqual({ outcome: "queue_full" });
    expect(await title(first)).toBe("message 0");
  });

  it("does not change after a person renamed the conversation", async () => {
    const [first] = await acceptAll(turns, ["one"]);
    await answer(first, "answer");
    const { owner, conversationId: id } = first;
    await conversations.update({ owner, id, title: "one" });
    await replace(first, "two");
    expect(await title(first)).toBe("one");
  });
});

describe("the thread of a conversation with replaced turns", () => {
  /** Returns a queued turn that replaces the second turn of a conversation. */
  async function conversation() {
    const [first] = await acceptAll(turns, ["Hello"]);
    await answer(first, "Hi.");
    const [old] = await acceptAll(turns, ["old"], first);
    await answer(old, "old answer");
    return replace(old, "new");
  }
  const begin = ["human: Hello", "ai: Hi."];

  it("has the new turn instead of the old turn, and the model never reads the old turn", async () => {
    const replacing = await conversation();
    await answer(replacing, "new answer");
    expect(await threadOf(replacing.conversationId)).toEqual([
      ...begin,
      "human: new",
      "ai: new answer",
    ]);
    expect(JSON.stringify(bedrock.calls.at(-1)?.request.messages)).not.toContain("old");
  });

  it("costs no additional request", async () => {
    const replacing = await conversation();
    expect(await requestsOf(() => answer(replacing, "new answer"))).toBe(2);
  });

  it("is the same if the runner crashes and the turn runs again", async () => {
    const replacing = await conversation();
    await runAgent(await claimLease(turns, replacing), "lost answer");
    await letLeaseRunOut(replacing.conversationId);
    await answer(replacing, "new answer");
    expect(await threadOf(replacing.conversationId)).toEqual([
      ...begin,
      "human: new",
      "ai: new answer",
    ]);
  });

  it("is the same if the new turn is stopped and then replaced", async () => {
    const replacing = await conversation();
    const lease = await claimLease(turns, replacing);
    lease.thread.discard();
    await createDemoAgent().record({ ...agentTurn(lease), text: "Half", tools: [] });
    await lease.finish(endOf("Half", { status: "stopped" }));
    expect(await threadOf(replacing.conversationId)).toEqual([...begin, "human: new", "ai: Half"]);
    const newer = await replace(replacing, "newer");
    await answer(newer, "newer answer");
    expect(await threadOf(newer.conversationId)).toEqual([
      ...begin,
      "human: newer",
      "ai: newer answer",
    ]);
    expect(await transcript(newer)).toEqual(["Hello: done", "newer: done"]);
  });

  it("is the same if the new turn never ran and is then replaced", async () => {
    const replacing = await conversation();
    await turns.stop(replacing);
    const newer = await replace(replacing, "newer");
    await answer(newer, "newer answer");
    expect(await threadOf(newer.conversationId)).toEqual([
      ...begin,
      "human: newer",
      "ai: newer answer",
    ]);
  });

  it("has lost the old turn even if the new turn never ran", async () => {
    const replacing = await conversation();
    await turns.stop(replacing);
    const [next] = await acceptAll(turns, ["next"], replacing);
    await answer(next, "next answer");
    expect(await threadOf(next.conversationId)).toEqual([
      ...begin,
      ...["human: new", "ai: (stopped)"],
      ...["human: next", "ai: next answer"],
    ]);
    expect(await transcript(next)).toEqual(["Hello: done", "new: stopped", "next: done"]);
  });
});

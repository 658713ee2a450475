import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptMessage } from "#lib/chat/accept-message.ts";
import type { ChatRequest, ToolCall, TurnState, Usage } from "#lib/contract/chat.ts";
import { texts, toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
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

const stores = await openStores();
const { conversations, inOrder, letLeaseRunOut, requestsOf, sql, turns, turnsCosting } = stores;
const { bedrock, createDemoAgent } = await openDemoAgent();

const usage: Usage = {
  ...{ input_tokens: 9, output_tokens: 8, cache_read_tokens: 0, cache_write_tokens: 0 },
  cost_usd: 0,
};

type Where = Pick<Accepted, "owner" | "conversationId">;

/** Accepts a message at a place of the tree. Throws if it is refused. */
async function accept(
  { owner, conversationId }: Where,
  message: string,
  place: { after?: string | null; replaces?: string } = {},
): Promise<Accepted> {
  const accepted = await turns.accept({
    ...{ owner, conversationId, message, bodyHash: message },
    ...place,
  });
  if (accepted.outcome !== "accepted") throw new Error(`The message was ${accepted.outcome}.`);
  return { owner, conversationId, turnId: accepted.turnId };
}

/** Runs the agent for a lease's turn. Returns what the model wrote and did. Commits nothing. */
async function runAgent(lease: LeaseWithThread, text: string, usesTool = false) {
  if (usesTool)
    bedrock.script.add(callTools([{ name: "calculator", input: { expression: "1+2" } }]));
  bedrock.script.add(answerWith(text));
  const tools = new Map<string, ToolCall>();
  const run = { ...agentTurn(lease), summary: lease.turn.summary, ...runParts() };
  for await (const event of createDemoAgent().run(run)) {
    if (event.type === "tool") tools.set(event.tool.id, event.tool);
  }
  return { text, tools: [...tools.values()] };
}

async function answer(where: Where, text: string, usesTool = false): Promise<LeaseWithThread> {
  const lease = await claimLease(turns, where);
  const { tools } = await runAgent(lease, text, usesTool);
  const summarisedUntil = lease.turn.summary?.untilTurn ?? null;
  await lease.finish(endOf(text, { tools, summarisedUntil }));
  return lease;
}

const read = async ({ owner, conversationId: id }: Where) => {
  const conversation = await conversations.get({ owner, id, limit: 100 });
  if (!conversation) throw new Error("The conversation is gone.");
  return conversation;
};
const shown = async (where: Where) => (await read(where)).turns.map(({ message }) => message);

const show = ({ owner, conversationId: id, turnId: head }: Accepted) =>
  conversations.update({ owner, id, head });

const saveOnly = ({ owner, conversationId: id, turnId: turn_id }: Accepted, text: string) =>
  conversations.update({ owner, id, message: { turn_id, text } });

/** Returns what a request shows the model: texts, calls, results. By default the newest request. */
function sent(call = bedrock.calls.at(-1)): string[] {
  return (call?.request.messages ?? []).flatMap((message) => [
    ...texts(message),
    ...toolUses(message).map(({ name }) => `call ${name}`),
    ...toolResults(message).flatMap(({ content }) => content.map((part) => JSON.stringify(part))),
  ]);
}

/** What the test knows about a turn. */
interface KnownTurn extends Accepted {
  parent: KnownTurn | undefined;
  message: string;
  earlier: string[];
  /** What the model must know of the turn after its message. Undefined while the turn is open. */
  answer: string[] | undefined;
}

const branchOf = (turn: KnownTurn | undefined): KnownTurn[] =>
  turn ? [...branchOf(turn.parent), turn] : [];

const Step = fc.record({
  kind: fc.constantFrom(
    ...(["accept", "accept", "accept", "done", "done", "done", "tool", "failed"] as const),
    ...(["stop", "vanish", "show", "show", "save", "summarise"] as const),
  ),
  place: fc.constantFrom("head", "after", "after", "replaces", "start"),
  pick: fc.nat(1_000),
});

describe("a tree of turns", () => {
  it("shows one branch with its versions, and the model reads exactly the turns of its own branch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(Step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const owner = newOwner();
        const [first] = await acceptAll(turns, ["message 0"], { owner });
        const known: KnownTurn[] = [
          { ...first, parent: undefined, message: "message 0", earlier: [], answer: undefined },
        ];
        const where: Where = first;
        let head = known[0]!;
        let summary: { until: KnownTurn; text: string } | undefined;
        /** The turn that the stored thread ends with, and whether its messages have changed since. */
        let thread: KnownTurn | undefined;
        let isStale = false;
        const any = (pick: number) => known[pick % known.length]!;
        const covers = (leaf: KnownTurn | undefined) =>
          summary && branchOf(leaf).includes(summary.until) ? summary : undefined;

        for (const [index, { kind, place, pick }] of steps.entries()) {
          const open = known.filter((turn) => turn.answer === undefined);
          const next = open[0];
          const ended = known.filter((turn) => turn.answer !== undefined);
          const text = `answer ${index}`;
          const claimNext = async (turn: KnownTurn) => {
            const lease = await claimLease(turns, where);
            const keepsThread = thread !== undefined && thread === turn.parent && !isStale;
            if (!keepsThread) [thread, isStale] = [undefined, false];
            const parent = turn.parent?.turnId ?? null;
            expect(lease.turn).toMatchObject({ id: turn.turnId, parent });
            if (keepsThread) expect(lease.turn.branch).toEqual([]);
            return lease;
          };
          if (kind === "accept" && open.length < 10) {
            const other = any(pick);
            const parent = { head, after: other, replaces: other.parent, start: undefined }[place];
            const message = `message ${index + 1}`;
            const named = {
              head: {},
              after: { after: other.turnId },
              replaces: { replaces: other.turnId },
              start: { after: null },
            }[place];
            head = {
              ...(await accept(where, message, named)),
              ...{ parent, message, earlier: [], answer: undefined },
            };
            known.push(head);
          } else if (["done", "tool", "failed"].includes(kind) && next) {
            const lease = await claimNext(next);
            const { tools } = await runAgent(lease, text, kind === "tool");
            const notes = covers(next.parent);
            const from = notes ? branchOf(next.parent).indexOf(notes.until) + 1 : 0;
            const call = bedrock.calls.at(kind === "tool" ? -2 : -1);
            expect(sent(call)).toEqual([
              ...(notes ? [expect.stringContaining(notes.text), expect.any(String)] : []),
              ...branchOf(next.parent)
                .slice(from)
                .flatMap((turn) => [turn.message, ...(turn.answer ?? [])]),
              next.message,
            ]);
            const summarisedUntil = notes?.until.turnId ?? null;
            thread = next;
            if (kind === "failed") {
              lease.thread.discard();
              const record = { ...agentTurn(lease), summary: lease.turn.summary };
              await createDemoAgent().record({ ...record, text: "Half", tools: [] });
              await lease.finish(endOf("Half", { status: "failed", summarisedUntil }));
              next.answer = ["Half"];
            } else {
              await lease.finish(endOf(text, { tools, summarisedUntil }));
              next.answer = [
                ...(kind === "tool" ? ["call calculator", '{"text":"> 3"}'] : []),
                text,
              ];
            }
          } else if (kind === "stop" && next) {
            await turns.stop(next);
            next.answer = ["(stopped)"];
          } else if (kind === "vanish" && next) {
            const lease = await claimNext(next);
            await lease.beat({ text, tools: [] });
            await letLeaseRunOut(where.conversationId);
            await turns.stop(next);
            next.answer = [text];
          } else if (kind === "show") {
            const under = any(pick);
            await show(under);
            head = known.findLast((turn) => branchOf(turn).includes(under))!;
          } else if (kind === "save" && ended.length > 0) {
            const turn = ended[pick % ended.length]!;
            expect(await saveOnly(turn, `edited ${index}`)).toMatchObject({ outcome: "updated" });
            turn.earlier.push(turn.message);
            turn.message = `edited ${index}`;
            isStale = true;
            if (summary && known.indexOf(turn) <= known.indexOf(summary.until)) summary = undefined;
          } else if (kind === "summarise" && ended.length > 0) {
            const after = ended.at(-1)!;
            const until = branchOf(after)[pick % branchOf(after).length]!;
            const notes = { until, text: `notes ${index}` };
            await turns.storeSummary({
              ...{ ...after, text: notes.text, untilTurn: until.turnId, usage },
              cost: { spent: 0, isEstimated: false, usage },
            });
            const stays =
              isStale ||
              (covers(head) !== undefined &&
                !(
                  branchOf(head).includes(until) &&
                  branchOf(until).includes(summary!.until) &&
                  until !== summary!.until
                ));
            if (!stays) {
              isStale = summary !== undefined && !branchOf(until).includes(summary.until);
              summary = notes;
            }
          }
          const conversation = await read(where);
          expect(conversation.head).toBe(head.turnId);
          expect(conversation.turns.map(shownPart)).toEqual(
            branchOf(head).map(({ turnId, parent, message, earlier }) => ({
              turnId,
              parent: parent?.turnId ?? null,
              message,
              earlier,
              versions: known.filter((other) => other.parent === parent).map((one) => one.turnId),
            })),
          );
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  const shownPart = ({ turn_id, parent, message, versions, earlier_messages }: TurnState) => ({
    ...{ turnId: turn_id, parent, message, versions },
    earlier: earlier_messages ?? [],
  });
});

describe("a turn after another turn", () => {
  it("costs one read and one write, also in another branch, and one checkpoint is kept", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    await answer(one, "1");
    await accept(one, "two");
    await answer(one, "2");
    for (const message of ["a", "b", "c"]) {
      const begins = async () => {
        await accept(one, message, { after: null });
        await answer(one, message);
      };
      expect(await requestsOf(begins)).toBe(3);
    }
    expect(await shown(one)).toEqual(["c"]);
    const stored = "select from checkpoints where thread_id = $1";
    expect(await sql(stored, [one.conversationId])).toHaveLength(1);
  });

  it("knows its whole branch after the summary of that branch was lost to another one", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    await answer(one, "1");
    const two = await accept(one, "two");
    await answer(one, "2");
    const other = await accept(one, "other", { after: null });
    await answer(one, "0");
    const cost = { spent: 0, isEstimated: false, usage };
    const summaryOf = (turn: Accepted, text: string) =>
      turns.storeSummary({ ...turn, text, untilTurn: turn.turnId, usage, cost });
    await summaryOf(one, "notes on one");
    const three = await accept(one, "three", { after: two.turnId });
    await answer(one, "3");
    expect(sent()).toEqual([
      ...[expect.stringContaining("notes on one"), expect.any(String)],
      ...["two", "2", "three"],
    ]);
    await show(other);
    await summaryOf(other, "notes on other");
    await accept(one, "four", { after: three.turnId });
    await answer(one, "4");
    expect(sent()).toEqual(["one", "1", "two", "2", "three", "3", "four"]);
  });

  it("may follow an open turn, and runs after it", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    const two = await accept(one, "two", { after: one.turnId });
    await answer(one, "1");
    expect((await answer(one, "2")).turn).toMatchObject({ id: two.turnId, parent: one.turnId });
    expect(sent()).toEqual(["one", "1", "two"]);
  });

  it("is unknown after a turn of another conversation, of another owner, or of a deleted one", async () => {
    const [mine] = await acceptAll(turns, ["mine"]);
    const [other] = await acceptAll(turns, ["my other one"], { owner: mine.owner });
    const [theirs] = await acceptAll(turns, ["theirs"]);
    const [deleted] = await acceptAll(turns, ["deleted"], { owner: mine.owner });
    await conversations.delete({ owner: mine.owner, id: deleted.conversationId });
    for (const turnId of [other, theirs, deleted].map((one) => one.turnId).concat(unknownId)) {
      const { owner, conversationId } = mine;
      const message = { owner, conversationId, message: "x", bodyHash: "x" };
      expect(await turns.accept({ ...message, after: turnId })).toEqual({ outcome: "unknown" });
      expect(await show({ ...mine, turnId })).toEqual({ outcome: "unknown" });
      expect(await saveOnly({ ...mine, turnId }, "x")).toEqual({ outcome: "unknown" });
    }
    expect(await shown(mine)).toEqual(["mine"]);
  });

  it("is part of the request that an idempotency key stands for", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    const { telemetry } = recordingTelemetry();
    const send = (changes: Partial<ChatRequest>) =>
      acceptMessage(
        { turns, telemetry },
        {
          owner: one.owner,
          body: { message: "two", conversation_id: one.conversationId, ...changes },
          idempotencyKey: "key",
        },
      );
    const { turn_id } = await send({ after: one.turnId });
    expect(await send({ after: one.turnId })).toMatchObject({ turn_id, replayed: true });
    for (const other of [{}, { after: null }, { replaces: one.turnId }]) {
      await expect(send(other)).rejects.toMatchObject({ status: 422 });
    }
  });
});

describe("the shown branch", () => {
  /** Returns three versions of a first message, each with an answer. The last one is shown. */
  async function versions(): Promise<[Accepted, Accepted, Accepted]> {
    const [one] = await acceptAll(turns, ["one"]);
    const two = await accept(one, "two", { replaces: one.turnId });
    const three = await accept(one, "three", { after: null });
    for (const text of ["1", "2", "3"]) await answer(one, text);
    return [one, two, three];
  }

  it("is the newest leaf under the named turn, chosen in one request, and the list does not move", async () => {
    const [one] = await versions();
    const next = await accept(one, "next", { after: one.turnId });
    await accept(one, "other", { after: null });
    const [before] = (await conversations.list({ owner: one.owner, limit: 1 }))!.conversations;
    let update: unknown;
    const choose = async () => {
      update = await show(one);
    };
    expect(await requestsOf(choose)).toBe(1);
    expect(update).toMatchObject({ outcome: "updated", conversation: { head: next.turnId } });
    expect(await shown(one)).toEqual(["one", "next"]);
    const [after] = (await conversations.list({ owner: one.owner, limit: 1 }))!.conversations;
    expect(after).toEqual(before);
  });

  it("is one of all branches, which can be read in the order of their acceptance", async () => {
    const [one] = await versions();
    await accept(one, "next", { after: one.turnId });
    const pages: string[][] = [];
    let before: string | undefined;
    do {
      const page = await conversations.get({
        ...{ owner: one.owner, id: one.conversationId },
        ...{ branches: "all" as const, before, limit: 3 },
      });
      pages.unshift((page?.turns ?? []).map(({ message }) => message));
      before = page?.earlier_cursor ?? undefined;
    } while (before !== undefined);
    expect(pages).toEqual([["one"], ["two", "three", "next"]]);
    expect(await shown(one)).toEqual(["one", "next"]);
  });

  it("is the last one that was chosen if two tabs switch at once", async () => {
    const [one, two] = await versions();
    await inOrder(
      one.conversationId,
      () => show(one),
      () => show(two),
    );
    expect(await shown(one)).toEqual(["two"]);
    await accept(one, "next");
    expect(await shown(one)).toEqual(["two", "next"]);
  });

  it("is that of the message if a message is accepted after the switch", async () => {
    const [one, two, three] = await versions();
    await inOrder(
      one.conversationId,
      () => show(two),
      () => accept(one, "next", { after: three.turnId }),
    );
    expect(await shown(one)).toEqual(["three", "next"]);
  });

  it("stays while a turn of another branch ends, is taken over, or is stopped", async () => {
    const [one, two] = await versions();
    const running = await accept(one, "running", { after: one.turnId });
    const stopped = await accept(one, "stopped", { after: one.turnId });
    await claimLease(turns, one);
    await show(two);
    await letLeaseRunOut(one.conversationId);
    const takenOver = await claimLease(turns, one);
    expect(takenOver.turn).toMatchObject({ attempt: 2, branch: [{ message: "one", text: "1" }] });
    await runAgent(takenOver, "4");
    expect(sent()).toEqual(["one", "1", "running"]);
    await takenOver.finish(endOf("4"));
    await claimLease(turns, one);
    await turns.stop(stopped);
    expect(await shown(one)).toEqual(["two"]);
    await accept(one, "next");
    await letLeaseRunOut(one.conversationId);
    const { turn } = await claimLease(turns, one);
    expect(turn).toMatchObject({ parent: two.turnId, branch: [{ message: "two", text: "2" }] });
    const claims = await sql("select claims from turns where id = $1", [running.turnId]);
    expect(claims).toMatchObject([
      {
        claims: [
          [1, expect.any(Number), null],
          [2, expect.any(Number), expect.any(Number)],
        ],
      },
    ]);
    expect(claims[0]?.claims).toHaveLength(2);
  });

  it("has at most the newest 100 versions of a turn", async () => {
    const [one] = await versions();
    await sql(
      `insert into turns (id, conversation_id, owner, input, status, result, finished_at)
      select gen_random_uuid(), $1, $2, 'more', 'done', '', now() from generate_series(1, 110)`,
      [one.conversationId, one.owner],
    );
    const { turns: [turn] = [] } = await read(one);
    expect(turn?.versions).toHaveLength(100);
    const newest = "select id from turns where conversation_id = $1 order by seq desc limit 100";
    const ids = (await sql(newest, [one.conversationId])).map(({ id }) => id);
    expect(turn?.versions).toEqual(ids.reverse());
  });
});

describe("a message that is changed in place", () => {
  it("keeps the texts before, and the model reads the new one", async () => {
    const [one] = await acceptAll(turns, ["My name is Ada."]);
    await answer(one, "Hello.");
    const bytes = async () =>
      Number(
        (await sql("select stored_bytes from conversations where id = $1", [one.conversationId]))[0]
          ?.stored_bytes,
      );
    const before = await bytes();
    await saveOnly(one, "My name is Grace.");
    await saveOnly(one, "My name is Grace.");
    await saveOnly(one, "My name is Mary.");
    const { title, turns: [turn] = [] } = await read(one);
    expect(title).toBe("My name is Mary.");
    expect(turn).toMatchObject({
      ...{ message: "My name is Mary.", result: "Hello.", versions: [one.turnId] },
      earlier_messages: ["My name is Ada.", "My name is Grace."],
    });
    expect((await bytes()) - before).toBeGreaterThan("My name is Ada.My name is Grace.".length);
    await accept(one, "Who am I?");
    await answer(one, "Mary.");
    expect(sent()).toEqual(["My name is Mary.", "Hello.", "Who am I?"]);
    expect((await claimAfter(one, "And?")).turn.branch).toEqual([]);
  });

  const claimAfter = async (where: Where, message: string) => {
    await accept(where, message);
    return claimLease(turns, where);
  };

  it("is refused while its turn is open, after 20 changes, and if the owner has no room", async () => {
    const [one, open] = await acceptAll(turns, ["one", "open"]);
    await answer(one, "1");
    expect(await saveOnly(open!, "x")).toEqual({ outcome: "turn_open" });
    for (let edit = 1; edit <= 20; edit += 1) {
      expect(await saveOnly(one, `edit ${edit}`)).toMatchObject({ outcome: "updated" });
    }
    expect(await saveOnly(one, "one too many")).toEqual({ outcome: "too_many_edits" });
    expect((await read(one)).turns[0]?.earlier_messages).toHaveLength(20);

    const [long] = await acceptAll(turns, ["x".repeat(300_000)], { owner: newOwner() });
    await turns.stop(long);
    expect(await saveOnly(long, "short")).toEqual({ outcome: "too_many_edits" });
    const [full] = await acceptAll(turns, ["full"], { owner: newOwner() });
    await turns.stop(full);
    await sql("update conversations set stored_bytes = 1e12 where id = $1", [full.conversationId]);
    expect(await saveOnly(full, "other")).toEqual({ outcome: "storage_full" });
    expect(await shown(full)).toEqual(["full"]);
  });

  it("changes nothing if another change of the same request is refused", async () => {
    const [one] = await acceptAll(turns, ["one"]);
    const { owner, conversationId: id } = one;
    const changes = { title: "New", message: { turn_id: one.turnId, text: "x" } };
    expect(await conversations.update({ owner, id, ...changes })).toEqual({ outcome: "turn_open" });
    expect(await read(one)).toMatchObject({ title: "one", turns: [{ message: "one" }] });
  });

  it("is read by the turn after the one that runs meanwhile", async () => {
    const [one] = await acceptAll(turns, ["old"]);
    await answer(one, "1");
    const running = await claimAfter(one, "two");
    await saveOnly(one, "new");
    await runAgent(running, "2");
    expect(sent()).toEqual(["old", "1", "two"]);
    await running.finish(endOf("2"));
    await accept(one, "three");
    await answer(one, "3");
    expect(sent()).toEqual(["new", "1", "two", "2", "three"]);
  });
});

describe("the settings of a conversation", () => {
  it("are stored with its first message, changed field by field, and returned by the claim", async () => {
    const owner = newOwner();
    const settings = { instructions: "Be brief.", model: "a", effort: null };
    const first = await turns.accept({ owner, message: "one", bodyHash: "x", settings });
    if (first.outcome !== "accepted") throw new Error(first.outcome);
    const one = { owner, conversationId: first.conversationId, turnId: first.turnId };
    expect((await read(one)).settings).toEqual({ instructions: "Be brief.", model: "a" });
    await sql("insert into owner_settings (owner, instructions) values ($1, 'In French.')", [
      owner,
    ]);
    const { turn } = await claimLease(turns, one);
    expect(turn.settings).toEqual({ instructions: "Be brief.", model: "a" });
    expect(turn).toMatchObject({ ownerInstructions: "In French.", notesEnabled: false });
    const id = one.conversationId;
    const changes = { model: null, effort: "high" } as const;
    expect(await conversations.update({ owner, id, settings: changes })).toMatchObject({
      conversation: { settings: { instructions: "Be brief.", effort: "high" }, title: "one" },
    });
  });

  it("decide what a turn reserves, if the deployment knows the model", async () => {
    const day = { ownerDay: 9_000, siteDay: 1e12, siteMonth: 1e12 };
    const turns = turnsCosting({
      ...{ caps: { turn: 9_000, ...day }, turnWorst: 100, callWorst: 10 },
      worstByModel: { dear: { turn: 700, call: 70 } },
    });
    for (const [model, reserved, callWorst] of [
      ["dear", 700, 70],
      ["gone", 100, 10],
      [null, 100, 10],
    ] as const) {
      const owner = newOwner();
      await turns.accept({ owner, message: "one", bodyHash: "x", settings: { model } });
      const [conversation] = (await conversations.list({ owner, limit: 1 }))!.conversations;
      const lease = await claimLease(turns, { owner, conversationId: conversation!.id });
      expect([lease.turn.reserved, lease.callWorst]).toEqual([reserved, callWorst]);
    }
  });
});

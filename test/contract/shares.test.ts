import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { createShareStore, maxShares } from "#lib/conversations/share-store.ts";
import { openStores } from "./open-stores.ts";
import { newOwner, unknownId } from "./turn-steps.ts";

const { sql, database, conversations, countOf } = await openStores();
const bounds = { conversations: 3, storedBytes: 100_000 };
const shares = createShareStore({ database, bounds });

const documentSource = {
  ...{ index: 1, title: "Handbook", quote: "It says so." },
  ...{ document_id: randomUUID(), version_id: randomUUID(), chunk_id: "1", url: "/documents/1" },
};
const webSource = { index: 2, title: "Page", quote: "So too.", url: "https://a.example/" };
const call = {
  ...{ id: "call-1", name: "calculator", state: "done", effect: "none" },
  ...{ input: { expression: "1+1" }, output: "2", cost_usd: 1 },
};

/** Stores a conversation: each turn follows the one at `parents[index]`. Returns the ids. */
async function conversationOf({
  owner = newOwner(),
  parents = [null, 0, 1] as (number | null)[],
} = {}) {
  const conversationId = randomUUID();
  await sql("insert into conversations (id, owner, title) values ($1, $2, 'A title')", [
    conversationId,
    owner,
  ]);
  const turnIds: string[] = [];
  for (const [index, parent] of parents.entries()) {
    const id = randomUUID();
    turnIds.push(id);
    await sql(
      `insert into turns (id, conversation_id, owner, input, status, attempts, result, tools, sources, usage, model, finished_at, parent)
       values ($1, $2, $3, $4, 'done', 1, $5, $6, $7, '{"cost_usd":1}', 'a-model', now(), $8)`,
      [
        ...[id, conversationId, owner, `Question ${index}`, `Answer ${index}`],
        ...[JSON.stringify([call]), JSON.stringify([documentSource, webSource])],
        parent === null ? null : turnIds[parent],
      ],
    );
  }
  await sql("update conversations set head = $2 where id = $1", [conversationId, turnIds.at(-1)]);
  return { owner, conversationId, turnIds };
}

type Stored = Awaited<ReturnType<typeof conversationOf>>;
async function shareOf(
  { owner, conversationId }: Stored,
  changes: { turnId?: string; withTools?: boolean } = {},
) {
  const creation = await shares.create({
    ...{ owner, conversationId, expiresInDays: 30, withTools: false },
    ...changes,
  });
  if (creation.outcome !== "created") throw new Error(creation.outcome);
  return creation.share;
}
const read = (token: string, before = 0) => shares.read({ token, before });

it("a link shows the branch of its turn, without owner, ids, model, cost, calls and documents", async () => {
  const stored = await conversationOf({ parents: [null, 0, 0, 2] });
  const { token } = await shareOf(stored);
  const shared = await read(token);
  expect(shared).toMatchObject({ title: "A title", earlier_cursor: null });
  expect(shared?.turns.map((turn) => `${turn.message}: ${turn.text}`)).toEqual([
    "Question 0: Answer 0",
    "Question 2: Answer 2",
    "Question 3: Answer 3",
  ]);
  expect(shared?.turns[0]).toEqual({
    ...{ message: "Question 0", status: "done", text: "Answer 0", tools: [] },
    sources: [{ index: 1, title: "Handbook", quote: "It says so." }, webSource],
    created_at: expect.any(String),
  });
  const text = JSON.stringify(shared);
  for (const secret of [
    stored.owner,
    stored.conversationId,
    ...stored.turnIds,
    "a-model",
    "cost",
  ]) {
    expect(text).not.toContain(secret);
  }
});

it("a link with calls shows what went in and came out, and nothing else of them", async () => {
  const { token } = await shareOf(await conversationOf(), { withTools: true });
  const { name, state, input, output } = call;
  expect((await read(token))?.turns[0]?.tools).toEqual([{ name, state, input, output }]);
});

it("a link ends with its turn, and shows messages as they were then", async () => {
  const stored = await conversationOf();
  const [, second = ""] = stored.turnIds;
  const { token } = await shareOf(stored, { turnId: second });
  await sql("update turns set input = 'Changed', earlier_inputs = $2 where id = $1", [
    second,
    JSON.stringify([
      { text: "Before the link", until: "2020-01-01T00:00:00Z" },
      { text: "Question 1", until: "2100-01-01T00:00:00Z" },
    ]),
  ]);
  expect((await read(token))?.turns.map((turn) => turn.message)).toEqual([
    "Question 0",
    "Question 1",
  ]);
});

it("a long branch comes in pages", async () => {
  const stored = await conversationOf({
    parents: [null, ...Array.from({ length: 59 }, (_, at) => at)],
  });
  const { token } = await shareOf(stored);
  const last = await read(token);
  expect(last?.turns).toHaveLength(50);
  expect(last?.turns.at(-1)?.message).toBe("Question 59");
  expect(last?.earlier_cursor).toBe("50");
  const first = await read(token, 50);
  expect(first?.turns.map((turn) => turn.message)).toEqual(
    Array.from({ length: 10 }, (_, at) => `Question ${at}`),
  );
  expect(first?.earlier_cursor).toBeNull();
  expect((await read(token, 999_999))?.turns).toEqual([]);
});

it("a link that is revoked, has expired or lost its conversation shows nothing", async () => {
  const stored = await conversationOf();
  const { owner, conversationId } = stored;
  const [revoked, expired, orphaned] = [
    await shareOf(stored),
    await shareOf(stored),
    await shareOf(stored),
  ];
  expect(await shares.delete({ owner: newOwner(), id: revoked.id })).toBe(false);
  expect(await shares.delete({ owner, id: revoked.id })).toBe(true);
  expect(await shares.delete({ owner, id: revoked.id })).toBe(false);
  await sql("update shares set expires_at = now() where id = $1", [expired.id]);
  expect((await shares.list({ owner })).map((share) => share.id)).toEqual([orphaned.id]);
  expect(await shares.list({ owner, conversationId: unknownId })).toEqual([]);
  await conversations.delete({ owner, id: conversationId });
  for (const { token } of [revoked, expired, orphaned]) expect(await read(token)).toBeUndefined();
  expect(await shares.list({ owner })).toEqual([]);
});

it("only the owner shares a turn of the conversation, once it has ended, and at most so many", async () => {
  const stored = await conversationOf();
  const other = await conversationOf();
  const create = (changes: object) =>
    shares.create({
      ...{ owner: stored.owner, conversationId: stored.conversationId, expiresInDays: 1 },
      ...{ withTools: false, ...changes },
    });
  expect(await create({ owner: other.owner })).toEqual({ outcome: "unknown" });
  expect(await create({ turnId: other.turnIds[0] })).toEqual({ outcome: "unknown" });
  await sql("update turns set status = 'queued', result = null, finished_at = null where id = $1", [
    stored.turnIds[2],
  ]);
  expect(await create({})).toEqual({ outcome: "turn_open" });
  expect(await create({ turnId: stored.turnIds[1] })).toMatchObject({ outcome: "created" });
  await sql(
    `insert into shares select gen_random_uuid(), gen_random_uuid()::text, owner, conversation_id, turn_id, title, with_tools, created_at, expires_at
     from shares, generate_series(2, $2) where owner = $1`,
    [stored.owner, maxShares],
  );
  expect(await create({ turnId: stored.turnIds[1] })).toEqual({ outcome: "too_many_shares" });
});

it("a copy is a conversation of one's own, which goes on without the link", async () => {
  const stored = await conversationOf({ parents: [null, 0, 0] });
  const { token, id } = await shareOf(stored, { withTools: true });
  const owner = newOwner();
  const copy = { token, owner, conversationId: randomUUID() };
  expect(await shares.copy(copy)).toBe("copied");
  expect(await shares.copy(copy)).toBe("copied");
  expect(await countOf("turns", owner)).toBe(2);
  await shares.delete({ owner: stored.owner, id });
  const copied = await conversations.get({ owner, id: copy.conversationId, limit: 10 });
  expect(copied?.turns.map((turn) => turn.message)).toEqual(["Question 0", "Question 2"]);
  expect(copied?.turns[0]).toMatchObject({
    result: "Answer 0",
    parent: null,
    sources: [],
    usage: null,
  });
  expect(copied?.turns[1]?.parent).toBe(copied?.turns[0]?.turn_id);
  expect(copied?.head).toBe(copied?.turns[1]?.turn_id);
  expect(await shares.copy({ ...copy, conversationId: randomUUID() })).toBe("unknown");
});

it("a copy fits into the bounds of its owner", async () => {
  const { token } = await shareOf(await conversationOf());
  const owner = newOwner();
  const copies = Array.from({ length: 5 }, () =>
    shares.copy({ token, owner, conversationId: randomUUID() }),
  );
  expect((await Promise.all(copies)).sort()).toEqual([
    ...["copied", "copied", "copied", "too_many_conversations", "too_many_conversations"],
  ]);
  const small = createShareStore({ database, bounds: { conversations: 9, storedBytes: 1_000 } });
  expect(await small.copy({ token, owner: newOwner(), conversationId: randomUUID() })).toBe(
    "storage_full",
  );
});

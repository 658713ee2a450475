import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DocumentCreate } from "#lib/contract/document.ts";
import { expireConversations } from "#lib/conversations/expire-conversations.ts";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { openStores } from "./open-stores.ts";
import { newOwner, unknownId } from "./turn-steps.ts";

const { conversations, database, requestsOf, sql } = await openStores();
const megabyte = 1024 * 1024;
const wide = { bytes: 1_000 * megabyte, count: 1_000 };
const documents = createDocumentStore(database, { own: wide, site: wide });

const sha256Of = (text: string) => createHash("sha256").update(text).digest("hex");

/** A request to add a file whose bytes depend only on `text`. */
const file = (text: string, changes: Partial<DocumentCreate> = {}): DocumentCreate => ({
  name: "Plan.txt",
  bytes: text.length,
  sha256: sha256Of(text),
  media_type: "text/plain",
  scope: "own",
  ...changes,
});

type Input = DocumentCreate & { owner: string };

async function created(input: Input, store = documents) {
  const result = await store.create(input);
  if (result.outcome !== "created") throw new Error(`not created: ${result.outcome}`);
  return result.document;
}

/** Makes a version ready without a reader, as an ingestion would. Its parts are rows with these texts. */
async function makeReady({ version_id }: { version_id: string }, texts: string[] = ["Text"]) {
  await sql(
    `update document_versions set state = 'ready', ready_at = now(), language = 'english', pages = 1, chunks = 0 where id = $1`,
    [version_id],
  );
  await sql(
    `update documents set current_version = $1 where id = (select document_id from document_versions where id = $1)`,
    [version_id],
  );
  let start = 0;
  for (const [index, text] of texts.entries()) {
    await sql(
      `insert into document_parts (version_id, number, kind, start, text) values ($1, $2, 'page', $3, $4)`,
      [version_id, index + 1, start, text],
    );
    start += text.length + 2;
  }
}

async function newConversation(owner: string): Promise<string> {
  const id = randomUUID();
  await sql("insert into conversations (id, owner, title) values ($1, $2, 'Talk')", [id, owner]);
  return id;
}

const listed = async (owner: string, more = {}) =>
  (await documents.list({ owner, limit: 100, ...more }))?.page.documents.map(({ name }) => name);

describe("a document", () => {
  it("is created, found and deleted, each in one request", async () => {
    const owner = newOwner();
    const text = randomUUID();
    const document = await created({ owner, ...file(text) });
    expect(document).toMatchObject({
      scope: "own",
      name: "Plan.txt",
      state: "uploading",
      version: 1,
      versions: 1,
      is_mine: true,
      searched_version_id: null,
      notes: [],
    });
    const { id } = document;
    expect(await documents.get({ owner, id })).toMatchObject({ document, parts: [] });
    expect(await documents.beginDeletion({ owner, id })).toEqual([document.version_id]);
    expect(await documents.get({ owner, id })).toBeUndefined();
    expect(await documents.beginDeletion({ owner, id })).toBeUndefined();
    expect(await requestsOf(() => documents.create({ owner, ...file(text) }))).toBe(1);
    expect(await requestsOf(() => documents.list({ owner, limit: 1 }))).toBe(1);
    expect(await requestsOf(() => documents.get({ owner, id }))).toBe(1);
    expect(await requestsOf(() => documents.beginDeletion({ owner, id }))).toBe(1);
  });

  it("of one owner is unknown to others, and one of the site is known to all", async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const own = await created({ owner, ...file(randomUUID()) });
    const site = await created({
      owner,
      ...file(randomUUID(), { scope: "site", name: "Rules.txt" }),
    });
    expect(await documents.get({ owner: other, id: own.id })).toBeUndefined();
    expect(await documents.beginDeletion({ owner: other, id: own.id })).toBeUndefined();
    expect(await documents.update({ owner: other, id: own.id, name: "Mine.txt" })).toEqual({
      outcome: "unknown",
    });
    const replacing = file(randomUUID(), { replaces: own.id });
    expect(await documents.create({ owner: other, ...replacing })).toEqual({ outcome: "unknown" });
    expect(await listed(other)).toContain("Rules.txt");
    expect(await listed(other)).not.toContain("Plan.txt");
    const seen = await documents.get({ owner: other, id: site.id });
    expect(seen?.document).toEqual({ ...site, is_mine: false });
    expect(await documents.beginDeletion({ owner: other, id: site.id })).toEqual([site.version_id]);
  });

  it("is the same only in one scope, and only after S3 has verified its bytes", async () => {
    const [owner, other] = [newOwner(), newOwner()];
    const text = randomUUID();
    const first = await created({ owner, ...file(text) });
    const second = await created({ owner, ...file(text, { name: "Copy.txt" }) });
    expect(second.id).not.toBe(first.id);
    await makeReady(first);
    expect(await documents.create({ owner, ...file(text, { name: "Again.txt" }) })).toMatchObject({
      outcome: "same",
      document: { id: first.id, name: "Plan.txt", state: "ready" },
    });
    expect((await documents.create({ owner: other, ...file(text) })).outcome).toBe("created");
    const site = file(text, { scope: "site" });
    expect((await documents.create({ owner, ...site })).outcome).toBe("created");
    await documents.beginDeletion({ owner, id: first.id });
    expect((await documents.create({ owner, ...file(text) })).outcome).toBe("created");
  });

  it("of one conversation is not the same as one of another conversation", async () => {
    const owner = newOwner();
    const [one, two] = [await newConversation(owner), await newConversation(owner)];
    const text = randomUUID();
    const attached = await created({ owner, ...file(text, { conversation_id: one }) });
    await makeReady(attached);
    expect(attached.conversation_id).toBe(one);
    const outcomes = async (conversation_id?: string) =>
      (await documents.create({ owner, ...file(text, { conversation_id }) })).outcome;
    expect(await outcomes(one)).toBe("same");
    expect(await outcomes(two)).toBe("created");
    expect(await outcomes()).toBe("created");
    expect(await listed(owner, { conversationId: one })).toEqual(["Plan.txt"]);
    expect(await outcomes(unknownId)).toBe("unknown_conversation");
    expect(await outcomes(await newConversation(newOwner()))).toBe("unknown_conversation");
  });

  it("gets a newer version, while the version that was ready is still searched", async () => {
    const owner = newOwner();
    const text = randomUUID();
    const first = await created({ owner, ...file(text) });
    await makeReady(first, ["Old text"]);
    const replaces = first.id;
    const newer = file(randomUUID(), { name: "Plan 2.txt", replaces });
    const second = await created({ owner, ...newer });
    expect(second).toMatchObject({
      id: first.id,
      name: "Plan 2.txt",
      state: "uploading",
      version: 2,
      versions: 2,
      searched_version_id: first.version_id,
    });
    const shown = await documents.get({ owner, id: first.id });
    expect(shown?.document).toMatchObject({ name: "Plan.txt", version: 1 });
    expect(shown?.parts.map((part) => part.text)).toEqual(["Old text"]);
    expect(shown?.versions.map(({ version, state }) => [version, state])).toEqual([
      [2, "uploading"],
      [1, "ready"],
    ]);
    await makeReady(second, ["New text"]);
    expect((await documents.get({ owner, id: first.id }))?.parts[0]?.text).toBe("New text");
    const old = { owner, id: first.id, versionId: first.version_id };
    expect((await documents.get(old))?.parts[0]?.text).toBe("Old text");
    expect((await documents.create({ owner, ...newer })).outcome).toBe("same");
    // An older version's bytes come back as a new version.
    expect((await documents.create({ owner, ...file(text, { replaces }) })).outcome).toBe(
      "created",
    );
    expect(await documents.get({ ...old, versionId: unknownId })).toBeUndefined();
  });

  it("goes with the conversation that it is attached to", async () => {
    const owner = newOwner();
    const conversation = await newConversation(owner);
    const attached = await created({
      owner,
      ...file(randomUUID(), { name: "Attached.txt", conversation_id: conversation }),
    });
    const free = await created({ owner, ...file(randomUUID(), { name: "Free.txt" }) });
    await conversations.delete({ owner, id: conversation });
    expect(await documents.get({ owner, id: attached.id })).toBeUndefined();
    expect(await listed(owner)).toContain(free.name);
    expect(await listed(owner)).not.toContain("Attached.txt");
  });
});

it("a document goes with a conversation that expires", async () => {
  const owner = newOwner();
  const conversation = await newConversation(owner);
  const attached = await created({
    owner,
    ...file(randomUUID(), { conversation_id: conversation }),
  });
  await sql("update conversations set updated_at = now() - interval '40 days' where id = $1", [
    conversation,
  ]);
  expect(await expireConversations({ database, deleteThreads }, { idleDays: 30, limit: 10 })).toBe(
    1,
  );
  expect(await documents.get({ owner, id: attached.id })).toBeUndefined();
});

describe("quotas", () => {
  const small = { own: { bytes: 1_000, count: 3 }, site: { bytes: 1_000_000, count: 1_000 } };
  const limited = createDocumentStore(database, small);
  const outcomeOf = async (input: Input) => (await limited.create(input)).outcome;

  it("hold for parallel requests", async () => {
    const owner = newOwner();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => outcomeOf({ owner, ...file(randomUUID()) })),
    );
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(3);
    expect(outcomes.filter((outcome) => outcome === "count")).toHaveLength(9);
  });

  it("count the bytes of all versions, and no document that is deleted or was never uploaded", async () => {
    const owner = newOwner();
    const big = (bytes: number, changes = {}) => ({
      owner,
      ...file(randomUUID(), { bytes, ...changes }),
    });
    const first = await created(big(500), limited);
    expect(await outcomeOf(big(400, { replaces: first.id }))).toBe("created");
    expect(await outcomeOf(big(101, { replaces: first.id }))).toBe("bytes");
    expect(await outcomeOf(big(101, { scope: "site" }))).toBe("created");
    expect(await outcomeOf({ ...big(1_000), owner: newOwner() })).toBe("created");
    const usage = (await limited.list({ owner, limit: 1 }))?.usage;
    expect(usage?.own).toEqual({ bytes_used: 900, count_used: 1 });
    await sql(
      "update document_versions set created_at = now() - interval '61 minutes' where id = $1",
      [first.version_id],
    );
    expect(await outcomeOf(big(600))).toBe("created");
    await limited.beginDeletion({ owner, id: first.id });
    expect((await limited.list({ owner, limit: 1 }))?.usage.own).toEqual({
      bytes_used: 600,
      count_used: 1,
    });
  });

  it("hold when a document moves to the site", async () => {
    const tiny = createDocumentStore(database, { own: wide, site: { bytes: 0, count: 1_000 } });
    const owner = newOwner();
    const { id } = await created({ owner, ...file(randomUUID()) });
    expect(await tiny.update({ owner, id, scope: "site" })).toEqual({ outcome: "bytes" });
    expect(await documents.update({ owner, id, scope: "site" })).toMatchObject({
      outcome: "changed",
      document: { scope: "site" },
    });
  });
});

describe("a change", () => {
  it("renames, attaches and detaches", async () => {
    const owner = newOwner();
    const conversation = await newConversation(owner);
    const { id } = await created({ owner, ...file(randomUUID()) });
    const change = async (changes: object) => {
      const result = await documents.update({ owner, id, ...changes });
      return result.outcome === "changed" ? result.document : result.outcome;
    };
    expect(await change({ name: "Roadmap.txt" })).toMatchObject({ name: "Roadmap.txt" });
    expect(await change({ name: "Roadmap.pdf" })).toBe("format");
    expect(await change({ conversation_id: unknownId })).toBe("unknown_conversation");
    expect(await change({ conversation_id: conversation })).toMatchObject({
      conversation_id: conversation,
    });
    expect(await change({ name: "Map.txt" })).toMatchObject({ conversation_id: conversation });
    expect(await change({ scope: "site", conversation_id: conversation })).toBe("attached");
    expect(await change({ conversation_id: null })).toMatchObject({ conversation_id: null });
    expect(await change({ conversation_id: conversation })).toMatchObject({ scope: "own" });
    expect(await change({ scope: "site" })).toMatchObject({ scope: "site", conversation_id: null });
    expect(await change({ conversation_id: conversation })).toBe("attached");
    expect(await documents.update({ owner: newOwner(), id, scope: "own" })).toEqual({
      outcome: "not_yours",
    });
    expect(await change({ scope: "own" })).toMatchObject({ scope: "own" });
  });

  it("lets a failed version be read again, also when the request is repeated", async () => {
    const owner = newOwner();
    const { id, version_id } = await created({ owner, ...file(randomUUID()) });
    const retry = () => documents.update({ owner, id, retry: true });
    expect(await retry()).toMatchObject({ reads: false, document: { state: "uploading" } });
    await sql(
      "update document_versions set state = 'failed', problem = 'No text.', tries = 3 where id = $1",
      [version_id],
    );
    expect(await retry()).toMatchObject({
      reads: true,
      document: { state: "reading", problem: null },
    });
    expect(await retry()).toMatchObject({ reads: true });
    await sql("update document_versions set tries = 1 where id = $1", [version_id]);
    expect(await retry()).toMatchObject({ reads: false });
  });
});

describe("the list", () => {
  it("pages through all documents, newest first, also those of the same millisecond", async () => {
    const owner = newOwner();
    for (let number = 1; number <= 5; number += 1) {
      await created({ owner, ...file(randomUUID(), { name: `${number}.txt` }) });
    }
    await sql("update documents set created_at = '2026-11-01T12:00:00Z' where owner = $1", [owner]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const listing = await documents.list({ owner, limit: 2, cursor });
      const mine = listing?.page.documents.filter((document) => document.is_mine) ?? [];
      seen.push(...mine.map(({ name }) => name));
      cursor = listing?.page.next_cursor ?? undefined;
    } while (cursor);
    expect(seen.toSorted()).toEqual(["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"]);
    expect(await documents.list({ owner, limit: 2, cursor: "page-2" })).toBeUndefined();
  });

  it("finds words of names and titles, without case and accents", async () => {
    const owner = newOwner();
    const plan = await created({ owner, ...file(randomUUID(), { name: "Résumé 100%.txt" }) });
    await sql("update document_versions set title = 'Über uns' where id = $1", [plan.version_id]);
    await created({ owner, ...file(randomUUID(), { name: "Other.txt" }) });
    for (const search of ["resume", "UBER", "uns 100%"]) {
      expect(await listed(owner, { search })).toEqual(["Résumé 100%.txt"]);
    }
    expect(await listed(owner, { search: "resume other" })).toEqual([]);
    expect(await listed(owner, { search: "_" })).toEqual([]);
  });
});

describe("a document's text", () => {
  const large = "ü".repeat(65_536);

  it("comes in pages that follow each other without a gap, in both directions", async () => {
    const owner = newOwner();
    const document = await created({ owner, ...file(randomUUID()) });
    const texts = Array.from({ length: 20 }, (_, index) => `${index}${large}`);
    await makeReady(document, texts);
    const seen = [];
    const starts: (number | undefined)[] = [];
    let cursor: number | undefined;
    let page: Awaited<ReturnType<typeof documents.get>>;
    do {
      page = await documents.get({ owner, id: document.id, cursor });
      const parts = page?.parts ?? [];
      seen.push(...parts.map((part) => part.text));
      starts.push(parts[0]?.start);
      expect(Buffer.byteLength(parts.map((part) => part.text).join(""))).toBeLessThan(768 * 1024);
      cursor = page?.next_cursor ? Number(page.next_cursor) : undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(texts);
    const back: (number | undefined)[] = [];
    let previous: string | null = String(starts.at(-1));
    while (previous !== null) {
      page = await documents.get({ owner, id: document.id, cursor: Number(previous) });
      back.push(page?.parts[0]?.start);
      previous = page?.previous_cursor ?? null;
    }
    expect(back.at(-1)).toBe(0);
    expect(back).toHaveLength(starts.length);
  });

  it("around a place begins with the part before", async () => {
    const owner = newOwner();
    const document = await created({ owner, ...file(randomUUID()) });
    await makeReady(document, ["One", "Two", "Three"]);
    const first = async (around: number) =>
      (await documents.get({ owner, id: document.id, around }))?.parts[0]?.text;
    expect([
      await first(0),
      await first(4),
      await first(5),
      await first(11),
      await first(9_999),
    ]).toEqual(["One", "One", "One", "Two", "Two"]);
  });
});

import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { createNoteStore, maxNotes } from "#lib/notes/note-store.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, newOwner, unknownId } from "./turn-steps.ts";

const { conversations, database, neon, requestsOf, sql, turns } = await openStores();
const notes = createNoteStore(database);

async function newOwnerWithNotes(): Promise<string> {
  const owner = newOwner();
  await notes.setEnabled({ owner, enabled: true });
  return owner;
}

/** Saves the texts, oldest first, one second apart. */
async function saveAll(owner: string, texts: string[]): Promise<string[]> {
  const ids = [];
  for (const text of texts) {
    const id = randomUUID();
    ids.push(id);
    expect(await notes.save({ id, owner, text })).toBe("saved");
    await sql("update notes set created_at = created_at - interval '1 s' where owner = $1", [
      owner,
    ]);
  }
  return ids;
}

const textsOf = (listed: { text: string }[]) => listed.map(({ text }) => text);

it("keeps nothing until the person turns notes on, and keeps what there is when they are off again", async () => {
  const owner = newOwner();
  const note = { id: randomUUID(), owner, text: "Tea, no sugar" };
  expect(await notes.list(owner)).toEqual({ enabled: false, notes: [] });
  expect(await notes.save(note)).toBe("off");
  expect(await notes.setEnabled({ owner, enabled: true })).toEqual({ enabled: true, notes: [] });
  expect(await notes.save(note)).toBe("saved");
  const off = await notes.setEnabled({ owner, enabled: false });
  expect(off).toMatchObject({ enabled: false, notes: [{ text: "Tea, no sugar" }] });
  expect(await notes.recall({ owner })).toEqual([]);
});

it("keeps one note for one receipt, with its conversation", async () => {
  const owner = await newOwnerWithNotes();
  const [{ conversationId }] = await acceptAll(turns, ["Hello"], { owner });
  const note = { id: randomUUID(), owner, text: "nul \u0000, half \ud800", conversationId };
  let faults = 1;
  neon.fault = () => (faults-- > 0 ? "cut-answer" : undefined);
  expect(await notes.save(note)).toBe("saved");
  neon.fault = undefined;
  expect(await notes.save(note)).toBe("saved");
  const listed = { id: note.id, text: "nul , half \ufffd", conversation_id: conversationId };
  expect((await notes.list(owner)).notes).toEqual([
    { ...listed, created_at: expect.stringMatching(/Z$/) },
  ]);
  await conversations.delete({ owner, id: conversationId });
  expect((await notes.list(owner)).notes).toMatchObject([{ ...listed, conversation_id: null }]);
});

it("names no conversation of another owner", async () => {
  const [{ conversationId }] = await acceptAll(turns, ["Hello"]);
  const owner = await newOwnerWithNotes();
  for (const id of [conversationId, unknownId]) {
    await notes.save({ id: randomUUID(), owner, text: "x", conversationId: id });
  }
  expect((await notes.list(owner)).notes.map((note) => note.conversation_id)).toEqual([null, null]);
});

it("lists the newest first, and deletes only the owner's own", async () => {
  const owner = await newOwnerWithNotes();
  const [first = "", second = ""] = await saveAll(owner, ["one", "two"]);
  expect(textsOf((await notes.list(owner)).notes)).toEqual(["two", "one"]);
  expect(await notes.delete({ owner: newOwner(), id: first })).toBe(false);
  expect(await notes.delete({ owner, id: first })).toBe(true);
  expect(await notes.delete({ owner, id: first })).toBe(false);
  expect((await notes.list(owner)).notes.map(({ id }) => id)).toEqual([second]);
});

it("keeps no more notes than the page lists, also when two come at once", async () => {
  const owner = await newOwnerWithNotes();
  await sql(
    "insert into notes (id, owner, text) select gen_random_uuid(), $1, 'x' from generate_series(2, $2::int)",
    [owner, maxNotes],
  );
  const save = () => notes.save({ id: randomUUID(), owner, text: "y" });
  expect((await Promise.all([save(), save()])).sort()).toEqual(["full", "saved"]);
  expect((await notes.list(owner)).notes).toHaveLength(maxNotes);
});

it("recalls notes that hold each word, without case and accents", async () => {
  const owner = await newOwnerWithNotes();
  await saveAll(owner, ["Zoë's birthday is in May", "The OFFICE in Köln closes at six", "May 5"]);
  expect(textsOf(await notes.recall({ owner }))).toHaveLength(3);
  expect(textsOf(await notes.recall({ owner, words: "  koln office " }))).toEqual([
    "The OFFICE in Köln closes at six",
  ]);
  expect(textsOf(await notes.recall({ owner, words: "may" }))).toEqual([
    "May 5",
    "Zoë's birthday is in May",
  ]);
  expect(await notes.recall({ owner, words: "may office" })).toEqual([]);
  expect(await notes.recall({ owner: await newOwnerWithNotes(), words: "may" })).toEqual([]);
});

it("recalls the newest notes that fit, and always the newest", async () => {
  const owner = await newOwnerWithNotes();
  await saveAll(owner, ["oldest", "é".repeat(2_070), "é".repeat(1_000)]);
  expect(textsOf(await notes.recall({ owner })).map((text) => text.length)).toEqual([1_000, 2_070]);
  await saveAll(owner, ["a".repeat(20_000)]);
  expect(textsOf(await notes.recall({ owner })).map((text) => text.length)).toEqual([20_000]);
});

it("costs one database request for each call", async () => {
  const owner = await newOwnerWithNotes();
  const id = randomUUID();
  expect(await requestsOf(() => notes.save({ id, owner, text: "x" }))).toBe(1);
  expect(await requestsOf(() => notes.recall({ owner, words: "x" }))).toBe(1);
  expect(await requestsOf(() => notes.list(owner))).toBe(1);
  expect(await requestsOf(() => notes.setEnabled({ owner, enabled: false }))).toBe(1);
  expect(await requestsOf(() => notes.delete({ owner, id }))).toBe(1);
});

import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createNoteStore, maxNotes } from "#lib/notes/note-store.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { plainToolParts } from "#test/support/tools.ts";
import { openStores } from "./open-stores.ts";
import { newOwner, unknownId } from "./turn-steps.ts";

const { database, sql } = await openStores();
const notes = createNoteStore(database);
const { telemetry } = recordingTelemetry();
const tools = builtInTools({ ...plainToolParts, notes });

async function newOwnerWithNotes(): Promise<string> {
  const owner = newOwner();
  await notes.setEnabled({ owner, enabled: true });
  return owner;
}

/** Calls a tool as a runner does whose person has approved the call. */
async function call(owner: string, name: string, input: object, receiptId: string = randomUUID()) {
  const gate = createGate({ tools, policy: [], telemetry });
  const [planned] = gate.plan([{ id: "1", name, input }]);
  if (!planned) throw new Error("The gate planned no call.");
  const signal = new AbortController().signal;
  const context = {
    owner,
    conversationId: unknownId,
    signal,
    receiptId,
    onChange: () => {},
    onSource: () => {},
    pay: async () => {},
  };
  return { verdict: planned.verdict, ...(await gate.run(planned, context)) };
}
const save = (owner: string, text: unknown, receiptId?: string) =>
  call(owner, "save_note", { text }, receiptId);
const recall = async (owner: string, words?: string) =>
  (await call(owner, "recall_notes", words === undefined ? {} : { words })).output;

describe("save_note", () => {
  it("asks first, and keeps the note once for one receipt", async () => {
    const owner = await newOwnerWithNotes();
    const receiptId = randomUUID();
    const first = await save(owner, "Ada likes tea.", receiptId);
    expect(first).toMatchObject({ verdict: "ask", state: "done", output: "The note is saved." });
    expect((await save(owner, "Ada likes tea.", receiptId)).state).toBe("done");
    expect((await notes.list(owner)).notes).toMatchObject([
      { id: receiptId, text: "Ada likes tea." },
    ]);
  });

  it("says that the list is full", async () => {
    const owner = await newOwnerWithNotes();
    await sql(
      "insert into notes (id, owner, text) select gen_random_uuid(), $1, 'x' from generate_series(1, $2::int)",
      [owner, maxNotes],
    );
    expect(await save(owner, "One more.")).toMatchObject({
      state: "failed",
      output:
        "Error: there are 200 notes already, the most that fit. The person can delete notes on the page.",
    });
  });

  it("says that the person has turned notes off", async () => {
    expect((await save(newOwner(), "Hello")).output).toBe(
      "Error: the person has turned notes off.",
    );
  });

  it.each([
    ["", "must not be empty"],
    [" \u200b\n", "must not be empty"],
    ["x".repeat(2_001), "must have at most 2000 characters"],
    ["a\u0000b", "must not contain the character U+0000"],
    [7, "must be a string"],
    [null, "must be a string"],
    [["a"], "must be a string"],
  ])("refuses the text %#", async (text, reason) => {
    const owner = await newOwnerWithNotes();
    const { verdict, output } = await save(owner, text);
    expect(verdict).toBe("refused");
    expect(output).toBe(`Error: the arguments are not valid: text: ${reason}.`);
    expect((await notes.list(owner)).notes).toEqual([]);
  });

  it("keeps a text of 2,000 units, whatever it says", async () => {
    const owner = await newOwnerWithNotes();
    const text = "'); drop table notes; -- 😀\u202e".padEnd(2_000, "é");
    expect((await save(owner, text)).state).toBe("done");
    expect((await notes.list(owner)).notes).toMatchObject([{ text }]);
  });
});

describe("recall_notes", () => {
  it("needs no approval, and returns one line of JSON for each note", async () => {
    const owner = await newOwnerWithNotes();
    await save(owner, 'The office\n"in Köln" closes at six.');
    const { verdict, output } = await call(owner, "recall_notes", { words: " koln " });
    expect(verdict).toBe("run");
    const saved = new Date().toISOString().slice(0, 10);
    expect(output).toBe(JSON.stringify({ saved, text: 'The office\n"in Köln" closes at six.' }));
  });

  it("says that there is nothing", async () => {
    const owner = await newOwnerWithNotes();
    expect(await recall(owner)).toBe("There are no notes.");
    expect(await recall(owner, " ")).toBe("There are no notes.");
    expect(await recall(owner, "tea")).toBe("No note holds these words.");
  });

  it("reads no note of another owner, and none of an owner without notes", async () => {
    await save(await newOwnerWithNotes(), "A secret.");
    expect(await recall(await newOwnerWithNotes(), "secret")).toBe("No note holds these words.");
    expect(await recall(newOwner())).toBe("There are no notes.");
  });

  it.each(["%", "_", "'", "\\", "(", ".*"])("takes %j as a word", async (words) => {
    const owner = await newOwnerWithNotes();
    await save(owner, "plain");
    expect(await recall(owner, words)).toBe("No note holds these words.");
  });
});

it("recall_notes refuses what PostgreSQL cannot read", async () => {
  expect(await recall(await newOwnerWithNotes(), "a\u0000")).toBe(
    "Error: the arguments are not valid: words: must not contain the character U+0000.",
  );
});

it("the tools of notes exist only where the owner has turned notes on", () => {
  const names = builtInTools(plainToolParts).map(({ name }) => name);
  expect(names).toEqual(["calculator", "current_time"]);
});

import { expect, it } from "vitest";
import { ConversationImport, maxImportedTurns } from "#lib/contract/conversation-import.ts";
import { importConversation } from "#lib/conversations/import-conversation.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { openStores } from "./open-stores.ts";
import { newOwner } from "./turn-steps.ts";

const { sql, database, conversations, countOf } = await openStores();
const wide = { conversations: 3, storedBytes: 50_000_000 };

/** Imports what a program sends. */
async function importAs(owner: string, body: unknown, bounds = wide, idempotencyKey?: string) {
  const parsed = conform(ConversationImport, body, "body");
  return await importConversation({ database, bounds }, { ...parsed, owner, idempotencyKey });
}
const turn = (message: string, changes: object = {}) => ({
  message,
  text: `On ${message}`,
  ...changes,
});
const bodyOf = (...turns: unknown[]) => ({ title: "From elsewhere", turns });
const refusalOf = (body: unknown) => () => conform(ConversationImport, body, "body");

async function stored(owner: string, result: Awaited<ReturnType<typeof importAs>>) {
  if (result.outcome !== "imported") throw new Error(result.outcome);
  const conversation = await conversations.get({ owner, id: result.conversationId, limit: 100 });
  if (conversation === undefined) throw new Error("The conversation is not there.");
  return conversation;
}

it("stores messages, answers and times, and shows the branch of the last turn", async () => {
  const owner = newOwner();
  const old = "2024-02-03T04:05:06.000Z";
  const conversation = await stored(
    owner,
    await importAs(
      owner,
      bodyOf(
        turn("One", { created_at: "2024-02-03T05:05:06+01:00" }),
        turn("Two"),
        turn("Two again", { parent: 0 }),
        turn("Three", { text: "" }),
      ),
    ),
  );
  expect(
    conversation.turns.map(({ message, result, status }) => [message, result, status]),
  ).toEqual([
    ["One", "On One", "done"],
    ["Two again", "On Two again", "done"],
    ["Three", "", "done"],
  ]);
  expect(conversation.turns[0]).toMatchObject({ created_at: old, parent: null, usage: null });
  expect(conversation).toMatchObject({ title: "From elsewhere", created_at: old });
  expect(conversation.head).toBe(conversation.turns[2]?.turn_id);
  expect(conversation.turns[1]?.versions).toHaveLength(2);
  // With its old times the conversation would be deleted as idle.
  expect(Date.now() - Date.parse(conversation.updated_at)).toBeLessThan(3_600_000);
});

it("keeps hostile texts as they are, and no time lies ahead", async () => {
  const owner = newOwner();
  const hostile = `'); drop table turns; -- <script>alert(1)</script> \u202e {{x}} $1 \\u0000`;
  const conversation = await stored(
    owner,
    await importAs(owner, {
      title: "<b>'; --",
      turns: [{ message: hostile, text: hostile, created_at: "2999-01-01T00:00:00Z" }],
    }),
  );
  expect(conversation.title).toBe("<b>'; --");
  expect(conversation.turns[0]).toMatchObject({ message: hostile, result: hostile });
  expect(Date.parse(conversation.turns[0]?.created_at ?? "")).toBeLessThanOrEqual(Date.now());
});

it("a second import with the same key gives the first conversation, but not that of another owner", async () => {
  const [owner, other] = [newOwner(), newOwner()];
  const first = await importAs(owner, bodyOf(turn("One")), wide, "a key");
  expect(await importAs(owner, bodyOf(turn("One")), wide, "a key")).toEqual(first);
  expect(await countOf("turns", owner)).toBe(1);
  const foreign = await importAs(other, bodyOf(turn("One")), wide, "a key");
  expect(foreign.outcome).toBe("imported");
  expect(foreign).not.toEqual(first);
});

it("fits into the bounds of its owner, and counts what it takes", async () => {
  const owner = newOwner();
  const imports = Array.from({ length: 5 }, () => importAs(owner, bodyOf(turn("One"))));
  expect((await Promise.all(imports)).map(({ outcome }) => outcome).sort()).toEqual([
    ...["imported", "imported", "imported", "too_many_conversations", "too_many_conversations"],
  ]);
  const [{ bytes } = {}] = await sql(
    "select stored_bytes::integer as bytes from conversations where owner = $1 limit 1",
    [owner],
  );
  const exact = newOwner();
  const room = (storedBytes: number) => ({ conversations: 9, storedBytes });
  expect(await importAs(exact, bodyOf(turn("One")), room(Number(bytes) - 1))).toEqual({
    outcome: "storage_full",
  });
  expect(await countOf("turns", exact)).toBe(0);
  expect(await importAs(exact, bodyOf(turn("One")), room(Number(bytes)))).toMatchObject({
    outcome: "imported",
  });
});

it("takes the longest conversation", async () => {
  const owner = newOwner();
  const turns = Array.from({ length: maxImportedTurns }, (_, index) => turn(`Message ${index}`));
  const conversation = await stored(owner, await importAs(owner, bodyOf(...turns)));
  expect(conversation.turns.at(-1)?.message).toBe(`Message ${maxImportedTurns - 1}`);
  expect(await countOf("turns", owner)).toBe(maxImportedTurns);
});

it.each([
  ["no turn", bodyOf(), /turns must not be empty/],
  ["a title of blanks", { title: " ", turns: [turn("One")] }, /title must not be empty/],
  ["an empty message", bodyOf(turn("One"), turn("")), /turns.1.message must not be empty/],
  ["half a character", bodyOf(turn("One", { text: "\ud800" })), /turns.0.text must be well-formed/],
  ["U+0000", bodyOf(turn("One", { text: "\0" })), /turns.0.text must not contain/],
  ["a time that is none", bodyOf(turn("One", { created_at: "yesterday" })), /created_at must be/],
  ["a day that is none", bodyOf(turn("One", { created_at: "2024-02-31T00:00:00Z" })), /created_at/],
  ["the year 0", bodyOf(turn("One", { created_at: "0000-01-01T00:00:00Z" })), /since 1970/],
  ["a turn that follows itself", bodyOf(turn("One", { parent: 0 })), /parent/],
  ["a parent before the list", bodyOf(turn("One"), turn("Two", { parent: -1 })), /parent/],
  ["half a parent", bodyOf(turn("One"), turn("Two", { parent: 0.5 })), /parent must be/],
  ["too many turns", bodyOf(...Array(1_001).fill(turn("One"))), /at most 1000 turns/],
])("refuses %s with a sentence", (_what, body, sentence) => {
  expect(refusalOf(body)).toThrow(sentence);
});

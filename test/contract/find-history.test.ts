import { expect, it } from "vitest";
import { createFindHistory } from "#lib/conversations/find-history.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { openStores } from "./open-stores.ts";
import { importTurns, newOwner } from "./turn-steps.ts";

const { database, sql } = await openStores();
const findHistory = createFindHistory(database);

const turn = (message: string, changes: object = {}) => ({
  message,
  text: `On ${message}`,
  ...changes,
});
/** What a client knows of a branch: its messages, and for each answer the texts that it may be stored as. */
const historyOf = (...messages: string[]) =>
  messages.map((message) => ({ message, answers: ["Another text", `On ${message}`] }));
const messageOf = async (turnId: string) =>
  (await sql(`select input from turns where id = '${turnId}'`))[0]?.input;

it("finds the last turn of the branch that a history tells", async () => {
  const owner = newOwner();
  const conversationId = await importTurns(database, owner, [
    turn("One"),
    turn("Two"),
    turn("Two, again “”"),
    turn("Three", { parent: 1 }),
  ]);
  const find = (...messages: string[]) =>
    findHistory({ owner, conversationIds: [conversationId], turns: historyOf(...messages) });
  for (const messages of [["One"], ["One", "Two", "Two, again “”"], ["One", "Two", "Three"]]) {
    const found = await find(...messages);
    expect(found?.conversationId).toBe(conversationId);
    expect(await messageOf(found?.turnId ?? "")).toBe(messages.at(-1));
  }
  for (const messages of [["Two"], ["One", "Three"], ["One", "Two", "Three", "Four"], ["one"]]) {
    expect(await find(...messages)).toBeUndefined();
  }
});

it("finds no turn of another owner, of another conversation, with another answer, or that has not ended", async () => {
  const owner = newOwner();
  const conversationId = await importTurns(database, owner, [turn("One"), turn("Two")]);
  const other = await importTurns(database, owner, [turn("Three")]);
  const asked = { owner, conversationIds: [conversationId], turns: historyOf("One", "Two") };
  expect(await findHistory(asked)).toBeDefined();
  expect(await findHistory({ ...asked, owner: newOwner() })).toBeUndefined();
  expect(await findHistory({ ...asked, conversationIds: [other] })).toBeUndefined();
  const turns = asked.turns.map(({ message }) => ({ message, answers: ["Another text"] }));
  expect(await findHistory({ ...asked, turns })).toBeUndefined();
  await sql(`update turns set finished_at = null, status = 'queued', result = null
    where conversation_id = '${conversationId}' and input = 'Two'`);
  expect(await findHistory(asked)).toBeUndefined();
});

it("sends digests instead of texts, and reads each turn once", async () => {
  const owner = newOwner();
  const messages = Array.from({ length: 400 }, (_, index) => `${index} ${"x".repeat(2_000)}`);
  const conversationId = await importTurns(
    database,
    owner,
    messages.map((message) => turn(message)),
  );
  const sent: Statement[] = [];
  const recorded = {
    ...database,
    query(statement: Statement) {
      sent.push(statement);
      return database.query(statement);
    },
  };
  const asked = { owner, conversationIds: [conversationId], turns: historyOf(...messages) };
  expect(await createFindHistory(recorded)(asked)).toBeDefined();
  const [statement] = sent;
  if (!statement) throw new Error("No statement was sent.");
  expect(JSON.stringify(statement.params).length).toBeLessThan(messages.length * 300);
  const [plan] = await database.query({
    ...statement,
    text: `explain (analyze, format json) ${statement.text}`,
  });
  expect(rowsOf(plan?.["QUERY PLAN"])).toBeLessThan(messages.length * 8);
});

/** Sums up the rows that the nodes of an analyzed plan returned or dropped. */
function rowsOf(plan: unknown): number {
  if (plan === null || typeof plan !== "object") return 0;
  const node = plan as Record<string, unknown>;
  const number = (name: string) => Number(node[name] ?? 0);
  const rows =
    number("Actual Rows") +
    number("Rows Removed by Filter") +
    number("Rows Removed by Join Filter");
  const own = rows * number("Actual Loops");
  return Object.values(node).reduce<number>((sum, value) => sum + rowsOf(value), own);
}

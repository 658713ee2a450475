import { expect, it } from "vitest";
import { createStoreFeedback } from "#lib/conversations/store-feedback.ts";
import { readJudgedAnswers } from "#scripts/read-judged-answers.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, newOwner, unknownId } from "./turn-steps.ts";

const stores = await openStores();
const { conversations, database, ownerUrl, requestsOf, sql, turns } = stores;
const storeFeedback = createStoreFeedback(database);

async function endedTurn() {
  const owner = newOwner();
  const [{ conversationId, turnId }] = await acceptAll(turns, ["Hello"], { owner });
  await sql("update turns set status = 'done', result = 'Hi', finished_at = now() where id = $1", [
    turnId,
  ]);
  const feedback = async () => {
    const found = await conversations.get({ owner, id: conversationId, limit: 10 });
    return found?.turns[0]?.feedback;
  };
  return { owner, turnId, feedback };
}

it("feedback replaces what was there, shows in the transcript, and can be taken back", async () => {
  const { owner, turnId, feedback } = await endedTurn();
  expect(await feedback()).toBeUndefined();
  const up = { value: "up" as const, reason: 'It\'s "right"' };
  const store = () => storeFeedback({ owner, turnId, update: up });
  expect(await requestsOf(store)).toBe(1);
  expect(await store()).toEqual({ feedback: up });
  expect(await feedback()).toEqual(up);
  await storeFeedback({ owner, turnId, update: { value: "down" } });
  expect(await feedback()).toEqual({ value: "down" });
  expect(await storeFeedback({ owner, turnId, update: { value: null } })).toEqual({
    feedback: null,
  });
  expect(await feedback()).toBeUndefined();
});

it("feedback reaches no turn that is open, unknown or somebody else's", async () => {
  const { owner, turnId, feedback } = await endedTurn();
  const [open] = await acceptAll(turns, ["Hello"], { owner });
  const update = { value: "up" as const };
  expect(await storeFeedback({ owner: newOwner(), turnId, update })).toBeUndefined();
  expect(await storeFeedback({ owner, turnId: unknownId, update })).toBeUndefined();
  expect(await storeFeedback({ owner, turnId: open.turnId, update })).toBeUndefined();
  expect(await feedback()).toBeUndefined();
});

it("feedback waits for a change of its conversation, and never the other way round", async () => {
  const { owner, turnId, feedback } = await endedTurn();
  const change = await stores.beginTransaction();
  await change.sql(
    `select from conversations where id = (select conversation_id from turns where id = '${turnId}') for update`,
  );
  const storing = storeFeedback({ owner, turnId, update: { value: "up" } });
  await stores.waitForBlocked(1);
  await change.sql(`update turns set input = 'Edited' where id = '${turnId}'`);
  await change.commit();
  expect(await storing).toEqual({ feedback: { value: "up" } });
  expect(await feedback()).toEqual({ value: "up" });
});

it("judged answers are exported for evaluation, with texts only on request", async () => {
  const owner = newOwner();
  const [first] = await acceptAll(turns, ["What is 6 times 7?"], { owner });
  const { conversationId } = first;
  const [second] = await acceptAll(turns, ["And 8?"], { owner, conversationId });
  await sql(
    "update turns set status = 'done', result = '48', model = 'm', finished_at = now() where owner = $1",
    [owner],
  );
  const update = { value: "down" as const, reason: "56, please" };
  await storeFeedback({ owner, turnId: second.turnId, update });
  const exported = async (withTexts: boolean) =>
    (await readJudgedAnswers(ownerUrl, { withTexts })).filter(
      ({ turn_id }) => turn_id === second.turnId,
    );
  const facts = {
    turn_id: second.turnId,
    value: "down",
    model: "m",
    answered_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  };
  expect(await exported(false)).toEqual([facts]);
  expect(await exported(true)).toEqual([
    {
      ...facts,
      messages: ["What is 6 times 7?", "And 8?"],
      answer: "48",
      reason: "56, please",
    },
  ]);
});

import { afterEach, expect, it, vi } from "vitest";
import { createConversationListStore, shownConversations } from "./conversation-list-store.ts";

const idOf = (number: number) => `d0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const listed = (number: number, title = `Talk ${number}`) => ({
  ...{ id: idOf(number), title, pinned: false, archived: false },
  ...{ created_at: "2026-11-01T10:00:00.000Z", updated_at: "2026-11-01T10:00:00.000Z" },
});

afterEach(() => vi.unstubAllGlobals());

/** A list that shows talks 1 and 2. Its next request is answered, with what the service knew at first, when `answer` is called. */
async function listInFlight() {
  const held: (() => void)[] = [];
  const page = () => Response.json({ conversations: [listed(1), listed(2)], next_cursor: null });
  vi.stubGlobal("fetch", async (_path: string, { method }: RequestInit) => {
    if (method === "DELETE") return new Response(null, { status: 204 });
    return await new Promise<Response>((resolve) => held.push(() => resolve(page())));
  });
  const list = createConversationListStore({ onSessionEnded: () => {} });
  const answer = async (fetched: Promise<void>) => {
    for (const respond of held.splice(0)) respond();
    await fetched;
  };
  await answer(list.refetch());
  const fetched = list.refetch();
  const titles = () => shownConversations(list.read()).map(({ title }) => title);
  expect(titles()).toEqual(["Talk 1", "Talk 2"]);
  return { list, titles, answer: (next = fetched) => answer(next) };
}

it("a title that comes while the list is on its way stays", async () => {
  const { list, titles, answer } = await listInFlight();
  list.setTitle(idOf(2), "Two cups of tea");
  await answer();
  expect(titles()).toEqual(["Talk 1", "Two cups of tea"]);
});

it("a title that comes before the first list is on the list", async () => {
  vi.stubGlobal("fetch", async () =>
    Response.json({ conversations: [listed(1)], next_cursor: null }),
  );
  const list = createConversationListStore({ onSessionEnded: () => {} });
  const fetched = list.refetch();
  list.setTitle(idOf(1), "One cup of tea");
  await fetched;
  expect(list.read().conversations).toMatchObject([{ title: "One cup of tea" }]);
});

it("a turn that begins while the list is on its way keeps its conversation on top", async () => {
  const { list, titles, answer } = await listInFlight();
  list.handleTabMessage({ what: "turn", conversationId: idOf(2) });
  await answer();
  expect(titles()).toEqual(["Talk 2", "Talk 1"]);
});

it("a conversation that is deleted while the list is on its way stays away", async () => {
  const { list, titles, answer } = await listInFlight();
  list.delete(listed(1));
  await list.finishDelete();
  await answer();
  expect(titles()).toEqual(["Talk 2"]);
});

it("the next request brings what the service knows by then", async () => {
  const { list, titles, answer } = await listInFlight();
  list.setTitle(idOf(2), "Two cups of tea");
  await answer();
  await answer(list.refetch());
  expect(titles()).toEqual(["Talk 1", "Talk 2"]);
});

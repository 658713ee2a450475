import { expect, it } from "vitest";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import { laterTurnId } from "#test/support/streamed-turns.ts";
import { conversationId, turnId, turnState } from "#test/support/turn-state.ts";
import {
  continueTurnRun,
  runTurnsBehind,
  sendForMessagesBehind,
  startTurnRun,
} from "./start-turn-run.ts";
import type { TurnRunEvent } from "./turn-run-event.ts";

const ids = { conversation_id: conversationId, turn_id: turnId };
const accepted = (status: ChatAccepted["status"]): ChatAccepted => ({
  ...ids,
  status,
  replayed: false,
  stream_url: "/",
});

async function sentBy(start: typeof startTurnRun, turn: ChatAccepted): Promise<TurnRunEvent[]> {
  const sent: TurnRunEvent[] = [];
  const sendTurnRun = async (event: TurnRunEvent) => void sent.push(event);
  await start({ sendTurnRun }, "owner-1", turn);
  return sent;
}

it.each(["queued", "running", "waiting"] as const)("a %s turn gets a runner", async (status) => {
  expect(await sentBy(startTurnRun, accepted(status))).toEqual([{ owner: "owner-1", ...ids }]);
});

it.each(["done", "failed", "stopped"] as const)("a %s turn gets none", async (status) => {
  expect(await sentBy(startTurnRun, accepted(status))).toEqual([]);
});

it("a decided turn gets a runner that also runs the turns behind it", async () => {
  expect(await sentBy(continueTurnRun, accepted("queued"))).toEqual([
    { owner: "owner-1", conversation_id: conversationId },
  ]);
});

it.each([
  [0, []],
  [1, [{ owner: "owner-1", conversation_id: conversationId }]],
])("a stopped turn that was parked %i times starts these runners: %j", async (parkings, events) => {
  const sent: TurnRunEvent[] = [];
  const sendTurnRun = async (event: TurnRunEvent) => void sent.push(event);
  await runTurnsBehind({ sendTurnRun }, "owner-1", { ...ids, parkings });
  expect(sent).toEqual(events);
});

it.each([
  [0, "nothing", { turn_id: turnId }],
  [0, "an ended turn", { turn_id: laterTurnId, status: "done" as const }],
  [1, "a queued turn", { turn_id: laterTurnId, status: "queued" as const }],
])(
  "the sender of an invocation that continues a turn sends %i events with %s behind it",
  async (count, _behind, newest) => {
    const sent: TurnRunEvent[] = [];
    const sendTurnRun = async (event: TurnRunEvent) => void sent.push(event);
    const turns = { watch: async () => ({ turn: turnState(newest), isAbandoned: false }) };
    const event = { owner: "owner-1", conversation_id: conversationId };
    await sendForMessagesBehind({ turns, sendTurnRun }, turnId)(event);
    expect(sent).toEqual(Array.from({ length: count }, () => event));
  },
);

it.each([
  ["a message", startTurnRun, /^The message is stored/],
  ["a decision", continueTurnRun, /^The decision is stored/],
])("an event that Lambda does not take is a 503 that keeps %s", async (_what, start, detail) => {
  const cause = new Error("Lambda returned 429");
  const sendTurnRun = () => Promise.reject(cause);
  await expect(start({ sendTurnRun }, "owner-1", accepted("queued"))).rejects.toMatchObject({
    status: 503,
    message: expect.stringMatching(detail),
    retryAfterSeconds: 5,
    members: ids,
    cause,
  });
});

import { expect, it } from "vitest";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { startTurnRun } from "./start-turn-run.ts";
import type { TurnRunEvent } from "./turn-run-event.ts";

const ids = { conversation_id: conversationId, turn_id: turnId };
const accepted = (status: ChatAccepted["status"]): ChatAccepted => ({
  ...ids,
  status,
  replayed: false,
  stream_url: "/",
});

async function sentFor(status: ChatAccepted["status"]): Promise<TurnRunEvent[]> {
  const sent: TurnRunEvent[] = [];
  const sendTurnRun = async (event: TurnRunEvent) => void sent.push(event);
  await startTurnRun({ sendTurnRun }, "owner-1", accepted(status));
  return sent;
}

it.each(["queued", "running"] as const)("a %s turn gets a runner", async (status) => {
  expect(await sentFor(status)).toEqual([{ owner: "owner-1", ...ids }]);
});

it.each(["done", "failed", "stopped"] as const)("a %s turn gets none", async (status) => {
  expect(await sentFor(status)).toEqual([]);
});

it("an event that Lambda does not take is a 503 that names the stored turn", async () => {
  const cause = new Error("Lambda returned 429");
  const sendTurnRun = () => Promise.reject(cause);
  await expect(startTurnRun({ sendTurnRun }, "owner-1", accepted("queued"))).rejects.toMatchObject({
    status: 503,
    retryAfterSeconds: 5,
    members: ids,
    cause,
  });
});

import { setTimeout as pause } from "node:timers/promises";
import type { VerifyClient } from "./verify-client.ts";

/** Polls the transcript until its newest turn has ended or waits. Reading runs no turn, so another runner must have ended it. */
export async function endOfTurn(client: VerifyClient, conversationId: string) {
  const until = performance.now() + 120_000;
  for (;;) {
    const turn = await newestTurn(client, conversationId);
    const isOpen = turn.status === "queued" || turn.status === "running";
    if (!isOpen || performance.now() > until) return turn;
    await pause(1_500);
  }
}

export async function newestTurn(client: VerifyClient, conversationId: string) {
  const { turns } = await client.get(`/api/v1/conversations/${conversationId}`);
  const turn: Record<string, unknown> = Array.isArray(turns) ? { ...turns.at(-1) } : {};
  return turn;
}

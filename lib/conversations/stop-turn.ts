import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { endedWithoutRunner } from "./ended-without-runner.ts";
import { lockConversation } from "./lock-conversation.ts";

export interface StopInput {
  owner: string;
  conversationId: string;
  turnId: string;
}

/**
 * Stops a turn, whatever it is doing, and answers what it is then; the same when called again.
 *
 * | it is                      | then                                                      |
 * |----------------------------|-----------------------------------------------------------|
 * | queued                     | stopped, with an empty result                             |
 * | running                    | asked to stop: its runner sees that at the next beat      |
 * | running, its runner gone   | stopped here, with what had been written                  |
 * | done, failed, stopped      | as it was                                                 |
 */
export async function stopTurn(
  database: Database,
  { owner, conversationId, turnId }: StopInput,
): Promise<TurnState | undefined> {
  const params = [conversationId, owner, turnId];
  const results = await database.transaction([
    lockConversation(conversationId, owner),
    {
      // The higher number keeps a runner out that is not gone but frozen.
      text: `
        update conversations set fence = fence + 1, lease_until = null
        where id = $1 and owner = $2 and lease_until <= now()
          and exists (
            select from turns where id = $3 and conversation_id = $1 and status = 'running')`,
      params,
    },
    {
      text: `
        update turns set status = 'stopped', ${endedWithoutRunner}
        where conversation_id = $1 and owner = $2 and id = $3
          and (status = 'queued' or status = 'running' and exists (
            select from conversations where id = $1 and lease_until is null))`,
      params,
    },
    {
      text: `
        update turns set cancel_requested = true
        where conversation_id = $1 and owner = $2 and id = $3 and status = 'running'`,
      params,
    },
    {
      text: "select * from turn_states where conversation_id = $1 and owner = $2 and turn_id = $3",
      params,
    },
  ]);
  const row = results.at(-1)?.[0];
  return row && v.parse(TurnState, row);
}

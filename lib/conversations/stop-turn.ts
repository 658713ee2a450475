import type { TurnState } from "#lib/contract/chat.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { lockConversation } from "./lock-conversation.ts";
import { selectTurn } from "./turn-sql.ts";
import { readTurnState } from "./turn-state.ts";

export interface StopInput {
  owner: string;
  conversationId: string;
  turnId: string;
}

/**
 * Stops a turn in one database request. Returns the turn's state afterwards, or undefined if the owner has no such turn.
 * A repeated stop changes nothing.
 *
 * | state of the turn           | effect of the stop                                        |
 * |-----------------------------|-----------------------------------------------------------|
 * | queued, waiting             | ends as stopped, with the text written so far             |
 * | running, lease held         | the runner reads the stop flag at its next beat and ends  |
 * | running, lease free         | ends as stopped, with the text written so far             |
 * | done, failed, stopped       | none                                                      |
 */
export async function stopTurn(
  database: Database,
  input: StopInput,
): Promise<TurnState | undefined> {
  const results = await database.transaction([
    lockConversation(input.conversationId, input.owner),
    revokeFreeLease(input),
    endIfNoRunner(input),
    setStopFlag(input),
    selectTurn(input),
  ]);
  const row = results.at(-1)?.[0];
  return row && readTurnState(row);
}

/** Settles the race with a frozen runner: the stop ends the turn, the runner thaws, and its late writes are refused. */
function revokeFreeLease(input: StopInput): Statement {
  return {
    text: `
      select revoke_lease(id) from conversations
      where id = $1 and owner = $2 and lease_is_free(conversations)
        and exists (
          select from turns where id = $3 and conversation_id = $1 and status = 'running')`,
    params: paramsOf(input),
  };
}

/** Settles the race with a claim or a decision: the first to lock the conversation continues the turn or ends it. */
function endIfNoRunner(input: StopInput): Statement {
  return {
    text: `
      select end_without_runner(id, 'stopped', null) from turns
      where conversation_id = $1 and owner = $2 and id = $3
        and (status in ('queued', 'waiting') or status = 'running' and exists (
          select from conversations where id = $1 and lease_is_free(conversations)))`,
    params: paramsOf(input),
  };
}

/** Only a turn with a live runner is still running here. If that runner dies, the next claim reads the flag. */
function setStopFlag(input: StopInput): Statement {
  return {
    text: `
      update turns set cancel_requested = true
      where conversation_id = $1 and owner = $2 and id = $3 and status = 'running'`,
    params: paramsOf(input),
  };
}

const paramsOf = ({ conversationId, owner, turnId }: StopInput) => [conversationId, owner, turnId];

import type { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { selectTurn } from "./turn-sql.ts";
import { readTurnState } from "./turn-state.ts";

export interface WatchInput {
  owner: string;
  conversationId: string;
  /** Without a turn's id, the conversation's newest turn. */
  turnId?: string | undefined;
}

export interface WatchedTurn {
  turn: TurnState;
  /** The turn is running and its runner's lease is free: a claim would take the turn over. */
  isAbandoned: boolean;
}

/** Reads a turn without changing anything. Returns undefined if the owner has no such turn. */
export async function watchTurn(
  database: Database,
  input: WatchInput,
): Promise<WatchedTurn | undefined> {
  const isAbandoned = `
    status = 'running' and not exists (
      select from conversations where id = conversation_id and lease_is_held(conversations))`;
  const [row] = await database.query(selectTurn(input, `*, ${isAbandoned} as is_abandoned`));
  return row && { turn: readTurnState(row), isAbandoned: row.is_abandoned === true };
}

import * as v from "valibot";
import type { TurnState } from "#lib/contract/chat.ts";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { readTurnState } from "./turn-state.ts";

export interface TurnKey {
  conversationId: string;
  turnId: string;
}

export interface FoundTurn {
  owner: string;
  turn: TurnState;
}

/** Reads a turn, whoever owns it. The caller has another proof that the person may see a part of it. */
export async function findTurn(database: Database, key: TurnKey): Promise<FoundTurn | undefined> {
  const [row] = await database.query(selectTurnOfAnyOwner(key));
  return row && readFoundTurn(row);
}

export const selectTurnOfAnyOwner = ({ conversationId, turnId }: TurnKey): Statement => ({
  text: "select * from turn_states where conversation_id = $1 and turn_id = $2",
  params: [conversationId, turnId],
});

export const readFoundTurn = (row: Row | undefined): FoundTurn => ({
  owner: v.parse(v.string(), row?.owner),
  turn: readTurnState(row),
});

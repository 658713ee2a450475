import * as v from "valibot";
import { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";

export interface WatchInput {
  owner: string;
  conversationId: string;
  /** The newest without it. */
  turnId?: string | undefined;
}

export interface WatchedTurn {
  turn: TurnState;
  /** It is running and its runner is gone: a claim would take it over. */
  isAbandoned: boolean;
}

/** A turn as it stands. Undefined for what does not exist and for what belongs to somebody else. */
export async function watchTurn(
  database: Database,
  { owner, conversationId, turnId }: WatchInput,
): Promise<WatchedTurn | undefined> {
  const [row] = await database.query({
    text: `
      select *, status = 'running' and not exists (
        select from conversations where id = conversation_id and lease_until > now()
      ) as is_abandoned
      from turn_states
      where conversation_id = $1 and owner = $2 and ($3::uuid is null or turn_id = $3)
      order by seq desc limit 1`,
    params: [conversationId, owner, turnId],
  });
  return row && { turn: v.parse(TurnState, row), isAbandoned: row.is_abandoned === true };
}

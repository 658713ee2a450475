import type { Statement } from "#lib/platform/postgres.ts";

/** Returns a statement that reads one turn of the owner: the named turn, or the newest turn if none is named. */
export function selectTurn(
  turn: { owner: string; conversationId: string; turnId?: string | undefined },
  columns = "*",
): Statement {
  return {
    text: `
      select ${columns} from turn_states
      where conversation_id = $1 and owner = $2 and ($3::uuid is null or turn_id = $3)
      order by seq desc limit 1`,
    params: [turn.conversationId, turn.owner, turn.turnId],
  };
}

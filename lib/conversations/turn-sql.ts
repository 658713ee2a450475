import type { Statement } from "#lib/platform/postgres.ts";

/** Spelled as in the partial indexes `turns_open` and `turns_open_of_owner`, so that PostgreSQL can use them. */
export const turnIsOpen = "status in ('queued', 'running')";

export const turnHasEnded = "status in ('done', 'failed', 'stopped')";

/** True unless a later turn replaces this turn. */
export const turnIsNotReplaced = (conversationId: string, turnId: string): string => `
  not exists (
    select from turns later
    where later.conversation_id = ${conversationId} and later.replaces = ${turnId})`;

/**
 * Columns to set when a turn ends and no runner is alive to end it. Keeps the text written so far. Running tools become
 * failed by a replacement in the JSON text: only jsonb can be changed in place, and jsonb refuses \u0000. A tool's own
 * output cannot match, because its quotes are escaped.
 */
export const endWithoutRunner = `
  result = coalesce(partial, ''), partial = null, finished_at = now(),
  tools = replace(tools::text, '"state":"running"', '"state":"failed"')::json`;

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

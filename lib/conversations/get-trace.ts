import * as v from "valibot";
import type { Trace } from "#lib/contract/trace.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { attemptsOf, waitsOf } from "./assemble-trace.ts";
import { unpackAttempts } from "./packed-trace.ts";
import { TraceRow } from "./stored-trace.ts";

/** Returns what happened in a turn, or undefined if the owner has no such turn. One database request. */
export async function getTrace(
  database: Database,
  { owner, turnId }: { owner: string; turnId: string },
): Promise<Trace | undefined> {
  const [found] = await database.query({ text: selectTrace, params: [turnId, owner] });
  if (!found) return undefined;
  const { attempts: packed, model, ...rest } = v.parse(FoundRow, found);
  const row: TraceRow = { ...rest, attempts: unpackAttempts(packed, model) };
  const { turn_id, conversation_id, status, created_at, summary_usage } = row;
  const attempts = attemptsOf(row);
  return {
    ...{ turn_id, conversation_id, status, created_at, summary_usage },
    duration_ms: row.finished_ms ?? row.now_ms,
    attempts,
    waits: waitsOf(row, attempts),
  };
}

const FoundRow = v.object({
  ...v.omit(TraceRow, ["attempts"]).entries,
  attempts: v.unknown(),
  model: v.nullable(v.string()),
});

const msOf = (time: string) =>
  `round(extract(epoch from ${time} - turn.created_at) * 1000)::float8`;

/** Only the last attempt can still have a runner, because each claim takes the lease from the attempt before. */
const selectTrace = `
  select
    turn.id as turn_id, turn.conversation_id, turn.status, turn.summary_usage, turn.model, turn.attempts as started,
    to_char(turn.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
    ${msOf("now()")} as now_ms, ${msOf("turn.finished_at")} as finished_ms,
    ${msOf("conversations.lease_until")} as lease_until_ms, lease_is_held(conversations) as has_runner,
    coalesce(turn.trace, '[]') as attempts,
    coalesce((
      select json_agg(json_build_object(
        'attempt', claim -> 0, 'at_ms', ${msOf("to_timestamp((claim ->> 1)::float8 / 1000)")},
        'lease_until_ms', ${msOf("to_timestamp((claim ->> 2)::float8 / 1000)")}))
      from jsonb_array_elements(turn.claims) as claim), '[]') as claims,
    coalesce((
      select json_agg(${msOf("decided_at")}) from approvals where turn_id = turn.id and decided_at is not null
    ), '[]') as decided_ms
  from turns as turn join conversations on conversations.id = turn.conversation_id
  where turn.id = $1 and turn.owner = $2`;

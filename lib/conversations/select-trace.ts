import type { Statement } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";

/** Selects what the database knows of a turn's trace, or no row if the owner has no such turn. Its attempts are packed. */
export const selectTrace = ({ owner, turnId }: { owner: string; turnId: string }): Statement => ({
  text: traceSql,
  params: [turnId, owner],
});

const msOf = (time: string) =>
  `round(extract(epoch from ${time} - turn.created_at) * 1000)::float8`;

/** Only the last attempt can still have a runner, because each claim takes the lease from the attempt before. */
const traceSql = `
  select
    turn.id as turn_id, turn.conversation_id, turn.status, turn.summary_usage, turn.model, turn.attempts as started,
    ${rfc3339("turn.created_at")} as created_at,
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

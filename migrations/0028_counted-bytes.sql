-- Up Migration

-- Returns what a turn takes of its owner's storage. A trace has up to 8 KB, a reason for feedback 1,000 characters and the suggestions
-- 360: without them a short turn would count as 1 KB and take twelve.
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
    + octet_length(coalesce(turn.earlier_inputs::text, '')) + octet_length(coalesce(turn.client_tools::text, ''))
    + octet_length(coalesce(turn.trace::text, '')) + octet_length(coalesce(turn.suggestions::text, ''))
    + octet_length(coalesce(turn.feedback::text, ''))
$$;

-- A parking changes only the trace. The suggestions come with the result.
drop trigger turns_count_stored_bytes_at_end on turns;
create trigger turns_count_stored_bytes_at_end after update of result, trace, feedback on turns
for each row when (
  old.result is distinct from new.result or old.trace::text is distinct from new.trace::text
  or old.feedback::text is distinct from new.feedback::text)
execute function count_stored_bytes();

update conversations set stored_bytes = stored_bytes + added.bytes
from (
  select conversation_id, sum(octet_length(coalesce(trace::text, '')) + octet_length(coalesce(suggestions::text, ''))
    + octet_length(coalesce(feedback::text, ''))) as bytes
  from turns group by conversation_id
) as added
where added.conversation_id = conversations.id and added.bytes > 0;

-- Down Migration

update conversations set stored_bytes = stored_bytes - added.bytes
from (
  select conversation_id, sum(octet_length(coalesce(trace::text, '')) + octet_length(coalesce(suggestions::text, ''))
    + octet_length(coalesce(feedback::text, ''))) as bytes
  from turns group by conversation_id
) as added
where added.conversation_id = conversations.id and added.bytes > 0;

drop trigger turns_count_stored_bytes_at_end on turns;
create trigger turns_count_stored_bytes_at_end after update of result on turns
for each row when (old.result is distinct from new.result) execute function count_stored_bytes();

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
    + octet_length(coalesce(turn.earlier_inputs::text, '')) + octet_length(coalesce(turn.client_tools::text, ''))
$$;

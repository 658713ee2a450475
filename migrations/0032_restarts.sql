-- Up Migration

-- Which of the turn's texts is stored: 100 for each attempt, and 1 for each time that this attempt has begun its text again. Null: no
-- attempt has. A number of an earlier attempt says nothing, so no claim has to reset it.
alter table turns add column text_number integer;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent, title_usage,
  suggestions, feedback, nullif(greatest(text_number - attempts * 100, 0), 0) as restarts
from turns;

-- Down Migration

alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent, title_usage,
  suggestions, feedback
from turns;

do $$
declare
  reader regrole;
begin
  for reader in
    select grants.grantee
    from pg_class, aclexplode(relacl) as grants
    where oid = 'newer_turn_states'::regclass
      and grants.privilege_type = 'SELECT' and grants.grantee not in (0, relowner)
  loop
    execute format('grant select on turn_states to %s', reader);
  end loop;
end
$$;

drop view newer_turn_states;
alter table turns drop column text_number;

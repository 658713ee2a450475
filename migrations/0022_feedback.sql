-- Up Migration

-- What the person thinks of an answer: {value, reason?}. Null: nothing.
alter table turns add column feedback json;

create or replace view turn_states as
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
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent, title_usage
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
alter table turns drop column feedback;

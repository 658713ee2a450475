-- Up Migration

-- A summary of the turns that the thread no longer holds, and the newest of those turns. Needs no foreign key, like
-- replaces. Written without a fence: the summary that covers more turns stays.
alter table conversations
  add column summary text,
  add column summary_until uuid,
  add constraint conversations_summary_names_its_turn
    check ((summary is null) = (summary_until is null));

alter table turns
  -- The newest turn that the model knew only from the summary when it answered this turn.
  add column summarised_until uuid,
  -- Tokens and price of the model call that summarised older turns after this turn.
  add column summary_usage json;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage
from turns;

-- Down Migration

-- PostgreSQL removes columns from a view only by dropping the view, and the grants go with it. So the grants are copied.
alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from
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
alter table turns drop column summarised_until, drop column summary_usage;
alter table conversations drop column summary, drop column summary_until;

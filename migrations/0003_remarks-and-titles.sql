-- Up Migration

alter table turns
  -- Names of remarks about the answer, as on the wire. Example: cut_at_length.
  add column remarks json not null default '[]',
  -- The oldest turn that the model saw when it answered this turn. Needs no foreign key, like replaces.
  add column history_from uuid;

-- The turn whose message gave the title. When that turn is replaced, the new turn's message gives the title.
-- Null: a person chose the title.
alter table conversations add column titled_by uuid;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from
from turns;

-- Down Migration

-- PostgreSQL removes columns from a view only by dropping the view, and the grants go with it. So the grants are copied.
alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at
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
alter table turns drop column remarks, drop column history_from;
alter table conversations drop column titled_by;

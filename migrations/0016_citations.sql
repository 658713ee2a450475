-- Up Migration

-- The quotations of an answer, each looked up in the passages that its turn has read, and where the answer has numbers that none of
-- its sources has. Null: the turn had nothing to check.
--
-- The new parameters have defaults, because the version that runs during the deployment does not know them.
alter table turns
  add column citations json,
  add column unsourced_numbers json;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers
from turns;

-- Returns the citations with the state `removed` for each whose document was deleted, or taken from the reader, since the turn has read
-- its passage. A replaced version keeps its passages, so its citations stay verified.
create function citations_now(citations json, sources json, reader text) returns json language sql stable as $$
  select json_agg(
    case when citation ->> 'state' = 'verified' and not exists (
      select from json_array_elements(sources) as source
      join document_chunks on document_chunks.id = (source ->> 'chunk_id')::bigint
      join document_versions on document_versions.id = document_chunks.version_id
      join documents on documents.id = document_versions.document_id
      where source ->> 'index' = citation ->> 'index' and owner_sees(documents, reader))
    then json_build_object(
      'index', citation -> 'index', 'start', citation -> 'start', 'end', citation -> 'end', 'state', 'removed')
    else citation end
    order by position)
  from json_array_elements(citations) with ordinality as listed (citation, position)
$$;

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean, json);
-- Stores the result of a turn, settles the money of its attempt and releases the conversation. With `stores_thread` the thread
-- that this transaction stores ends with this turn. `assert_fence` comes first in the transaction, and this function last: it
-- takes the lock of the money. A repeated end finds the turn no longer running and changes nothing. Returns the citations as they
-- are stored.
create function end_turn(
  conversation uuid, turn uuid, attempt integer,
  status text, result text, tools json, usage json, model text, error json, remarks json, history_from uuid,
  summarised_until uuid, spent bigint, is_estimated boolean, spent_usage json, stores_thread boolean,
  sources json default null, citations json default null, unsourced_numbers json default null
) returns json language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  kept json;
begin
  if citations is not null then
    kept := citations_now(citations, sources, (select turns.owner from turns where id = turn));
  end if;
  -- Settles before the turn ends, because a turn that ends without a settlement is settled by an estimate.
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
  update turns set
    status = end_turn.status, result = end_turn.result, tools = end_turn.tools, sources = end_turn.sources,
    citations = kept, unsourced_numbers = end_turn.unsourced_numbers,
    usage = end_turn.usage, model = end_turn.model, error = end_turn.error, remarks = end_turn.remarks, history_from = end_turn.history_from,
    summarised_until = end_turn.summarised_until, partial = null, finished_at = now()
  where id = turn and turns.status = 'running';
  update conversations set
    lease_until = null, updated_at = now(),
    thread_turn = case when stores_thread then turn else thread_turn end,
    thread_is_complete = stores_thread or thread_is_complete
  where id = conversation;
  return kept;
end
$$;

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
$$;

-- Down Migration

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, '')) end
$$;

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean, json, json, json);
-- Stores the result of a turn, settles the money of its attempt and releases the conversation. With `stores_thread` the thread
-- that this transaction stores ends with this turn. `assert_fence` comes first in the transaction, and this function last: it
-- takes the lock of the money. A repeated end finds the turn no longer running and changes nothing.
create function end_turn(
  conversation uuid, turn uuid, attempt integer,
  status text, result text, tools json, usage json, model text, error json, remarks json, history_from uuid,
  summarised_until uuid, spent bigint, is_estimated boolean, spent_usage json, stores_thread boolean,
  sources json default null
) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  -- Settles before the turn ends, because a turn that ends without a settlement is settled by an estimate.
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
  update turns set
    status = end_turn.status, result = end_turn.result, tools = end_turn.tools, sources = end_turn.sources,
    usage = end_turn.usage, model = end_turn.model, error = end_turn.error, remarks = end_turn.remarks, history_from = end_turn.history_from,
    summarised_until = end_turn.summarised_until, partial = null, finished_at = now()
  where id = turn and turns.status = 'running';
  update conversations set
    lease_until = null, updated_at = now(),
    thread_turn = case when stores_thread then turn else thread_turn end,
    thread_is_complete = stores_thread or thread_is_complete
  where id = conversation;
end
$$;

drop function citations_now(json, json, text);

alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources
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

alter table turns drop column citations, drop column unsourced_numbers;

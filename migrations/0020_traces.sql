-- Up Migration

-- What happened in a turn: a list of the attempts that could store something, oldest first, each with its steps. Holds names, counts
-- and times, never a text.
--
-- What the person may send next, if the model has named something. Null: nothing.
--
-- The new parameters have defaults, because the version that runs during the deployment does not know them.
alter table turns
  add column trace json,
  add column suggestions json;

-- Returns a trace with one more attempt, and when this attempt was stored, in milliseconds since the acceptance. At most 8 KB: the
-- oldest attempts lose their steps first.
create function trace_with(trace json, attempt json, accepted_at timestamptz) returns json language plpgsql volatile as $$
declare
  attempts jsonb;
  oldest integer := 0;
begin
  if attempt is null then return trace; end if;
  attempts := coalesce(trace::jsonb, '[]') || (attempt::jsonb || jsonb_build_object(
    'stored_ms', round(extract(epoch from clock_timestamp() - accepted_at) * 1000)));
  while octet_length(attempts::text) > 8192 and oldest < jsonb_array_length(attempts) loop
    attempts := jsonb_set(attempts, array[oldest::text, 'spans'], '[]');
    oldest := oldest + 1;
  end loop;
  return attempts;
end
$$;

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean, json, json, json);
-- Stores the result of a turn, settles the money of its attempt and releases the conversation. With `stores_thread` the thread
-- that this transaction stores ends with this turn. `assert_fence` comes first in the transaction, and this function last: it
-- takes the lock of the money. A repeated end finds the turn no longer running and changes nothing. Returns the citations as they
-- are stored.
create function end_turn(
  conversation uuid, turn uuid, attempt integer,
  status text, result text, tools json, usage json, model text, error json, remarks json, history_from uuid,
  summarised_until uuid, spent bigint, is_estimated boolean, spent_usage json, stores_thread boolean,
  sources json default null, citations json default null, unsourced_numbers json default null,
  trace json default null, suggestions json default null
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
    summarised_until = end_turn.summarised_until, suggestions = end_turn.suggestions,
    trace = trace_with(turns.trace, end_turn.trace, turns.created_at), partial = null, finished_at = now()
  where id = turn and turns.status = 'running';
  update conversations set
    lease_until = null, updated_at = now(),
    thread_turn = case when stores_thread then turn else thread_turn end,
    thread_is_complete = stores_thread or thread_is_complete
  where id = conversation;
  return kept;
end
$$;

drop function park_turn(uuid, integer, text, json, json, integer, bigint, boolean, json, json, json);
-- Parks a running turn: it waits until a person has decided about these calls. Settles its money and releases the conversation.
-- The caller has asserted the fence. Changes nothing if it is sent again because its reply was lost, even if a person has decided
-- since.
create function park_turn(
  turn uuid, attempt integer, shown_text text, shown_tools json, calls json, approval_days integer,
  spent bigint, is_estimated boolean, spent_usage json, usage_so_far json, shown_sources json default null, trace json default null
) returns void language plpgsql as $$
declare
  parked turns;
begin
  perform refuse_after_stop(turn);
  update turns set status = 'waiting', parkings = parkings + 1, partial = shown_text, tools = shown_tools,
      sources = shown_sources, usage = usage_so_far,
      trace = trace_with(turns.trace, park_turn.trace, turns.created_at)
    where id = turn and status = 'running' and attempts = park_turn.attempt
    returning * into parked;
  if not found then return; end if;
  perform begin_at_checkpoint(turn, shown_text, shown_tools, shown_sources);
  insert into approvals (
    call_id, turn_id, conversation_id, tool, arguments_sha256, definition_sha256, before, expires_at)
  select
    asked.call_id, turn, parked.conversation_id, asked.tool, asked.arguments_sha256, asked.definition_sha256,
    case when asked.effect = 'write'
      then effect_before(parked.conversation_id, asked.call_id, asked.tool, asked.arguments_sha256) end,
    now() + make_interval(days => approval_days)
  from json_to_recordset(calls) as asked (
    call_id text, tool text, arguments_sha256 text, definition_sha256 text, effect text)
  -- The arguments or the tool have changed since a person decided: the person is asked anew.
  on conflict (call_id) do update set
    tool = excluded.tool, arguments_sha256 = excluded.arguments_sha256,
    definition_sha256 = excluded.definition_sha256, before = excluded.before, state = 'open', note = null,
    asked_at = now(), expires_at = excluded.expires_at, decided_at = null, used_at = null;
  update conversations set lease_until = null, updated_at = now() where id = parked.conversation_id;
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
end
$$;

-- Down Migration

drop function park_turn(uuid, integer, text, json, json, integer, bigint, boolean, json, json, json, json);
-- Parks a running turn: it waits until a person has decided about these calls. Settles its money and releases the conversation.
-- The caller has asserted the fence. Changes nothing if it is sent again because its reply was lost, even if a person has decided
-- since.
create function park_turn(
  turn uuid, attempt integer, shown_text text, shown_tools json, calls json, approval_days integer,
  spent bigint, is_estimated boolean, spent_usage json, usage_so_far json, shown_sources json default null
) returns void language plpgsql as $$
declare
  parked turns;
begin
  perform refuse_after_stop(turn);
  update turns set status = 'waiting', parkings = parkings + 1, partial = shown_text, tools = shown_tools,
      sources = shown_sources, usage = usage_so_far
    where id = turn and status = 'running' and attempts = park_turn.attempt
    returning * into parked;
  if not found then return; end if;
  perform begin_at_checkpoint(turn, shown_text, shown_tools, shown_sources);
  insert into approvals (
    call_id, turn_id, conversation_id, tool, arguments_sha256, definition_sha256, before, expires_at)
  select
    asked.call_id, turn, parked.conversation_id, asked.tool, asked.arguments_sha256, asked.definition_sha256,
    case when asked.effect = 'write'
      then effect_before(parked.conversation_id, asked.call_id, asked.tool, asked.arguments_sha256) end,
    now() + make_interval(days => approval_days)
  from json_to_recordset(calls) as asked (
    call_id text, tool text, arguments_sha256 text, definition_sha256 text, effect text)
  -- The arguments or the tool have changed since a person decided: the person is asked anew.
  on conflict (call_id) do update set
    tool = excluded.tool, arguments_sha256 = excluded.arguments_sha256,
    definition_sha256 = excluded.definition_sha256, before = excluded.before, state = 'open', note = null,
    asked_at = now(), expires_at = excluded.expires_at, decided_at = null, used_at = null;
  update conversations set lease_until = null, updated_at = now() where id = parked.conversation_id;
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
end
$$;

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean, json, json, json,
  json, json);
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

drop function trace_with(json, json, timestamptz);

alter table turns drop column trace, drop column suggestions;

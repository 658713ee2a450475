-- Up Migration

-- A trace takes an eighth of its former room: lib/conversations/packed-trace.ts says how the lists are made. Traces from before are
-- dropped, and so are those that the version before still sends during the deployment. No release has had traces.
update turns set trace = null where trace is not null;

-- As migration 0020 says. An attempt comes as a list without white space, and gets the time of its commit as its last value.
create or replace function trace_with(trace json, attempt json, accepted_at timestamptz) returns json language plpgsql volatile as $$
declare
  spans_place constant text := '4';
  packed text;
  attempts jsonb;
  oldest integer := 0;
begin
  if attempt is null or json_typeof(attempt) <> 'array' then return trace; end if;
  packed := left(attempt::text, -1) || ',' || round(extract(epoch from clock_timestamp() - accepted_at) * 1000) || ']]';
  packed := coalesce(left(trace::text, -1) || ',', '[') || packed;
  if octet_length(packed) <= 8192 then return packed; end if;
  attempts := packed;
  while octet_length(attempts::text) > 8192 and oldest < jsonb_array_length(attempts) loop
    attempts := jsonb_set(attempts, array[oldest::text, spans_place], '[]');
    oldest := oldest + 1;
  end loop;
  return attempts;
end
$$;

-- As migration 0020 says. The trace of a turn with one attempt knows when its claim was, so the claim itself need not stay.
create or replace function end_turn(
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
    trace = trace_with(turns.trace, end_turn.trace, turns.created_at),
    claims = case when end_turn.attempt = 1 and end_turn.trace is not null then null else turns.claims end, partial = null, finished_at = now()
  where id = turn and turns.status = 'running';
  update conversations set
    lease_until = null, updated_at = now(),
    thread_turn = case when stores_thread then turn else thread_turn end,
    thread_is_complete = stores_thread or thread_is_complete
  where id = conversation;
  return kept;
end
$$;

update turns set claims = null where claims is not null;

-- Returns the claims of a turn with one more, at most the newest 50. A claim is [attempt, its time, the end of the lease that it
-- has found], both in milliseconds since 1970.
create or replace function with_claim(claims jsonb, attempt integer, lease_until_before timestamptz) returns jsonb
language sql stable as $$
  select case when jsonb_array_length(coalesce(claims, '[]')) < 50 then coalesce(claims, '[]') else claims - 0 end
    || jsonb_build_array(jsonb_build_array(
      attempt, floor(extract(epoch from now()) * 1000), floor(extract(epoch from lease_until_before) * 1000)))
$$;

drop index turns_of_parent;
create index turns_of_parent on turns (parent) where parent is not null;

-- Down Migration

drop index turns_of_parent;
create index turns_of_parent on turns (parent, seq) where parent is not null;

update turns set trace = null, claims = null where trace is not null or claims is not null;

create or replace function with_claim(claims jsonb, attempt integer, lease_until_before timestamptz) returns jsonb language sql stable as $$
  select case when jsonb_array_length(coalesce(claims, '[]')) < 50 then coalesce(claims, '[]') else claims - 0 end
    || jsonb_build_array(jsonb_build_object(
      'attempt', attempt,
      'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'lease_until_before', to_char(lease_until_before at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
$$;

create or replace function trace_with(trace json, attempt json, accepted_at timestamptz) returns json language plpgsql volatile as $$
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

create or replace function end_turn(
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

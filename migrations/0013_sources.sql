-- Up Migration

-- What an answer may cite: numbered places that its tools have found. They follow the text and the tools of a turn: each beat stores
-- them, a checkpoint keeps them, and a new attempt begins with those of the checkpoint.
--
-- Null: no sources. The new parameters have defaults, because the version that runs during the deployment does not know them.
alter table turns
  add column sources json,
  add column base_sources json,
  add constraint turns_base_sources_check check (base_sources is null or base_text is not null);

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources
from turns;

drop function begin_at_checkpoint(uuid, text, json);
-- Notes that the thread which this transaction stores ends with this turn, which goes on. A later attempt continues here.
create function begin_at_checkpoint(turn uuid, shown_text text, shown_tools json, shown_sources json default null) returns void language plpgsql as $$
begin
  update turns set tries = 0, base_text = shown_text, base_tools = shown_tools, base_sources = shown_sources where id = turn;
  update conversations set thread_turn = turn, thread_is_complete = false
    where id = (select conversation_id from turns where turns.id = turn);
end
$$;

drop function park_turn(uuid, integer, text, json, json, integer, bigint, boolean, json, json);
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
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean);
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

-- As before, but a claim also returns the sources of the checkpoint. Migration 0011 explains it.
create or replace function claim_turn(
  claim uuid, owner text, conversation uuid, awaited uuid, lease_seconds double precision, max_attempts integer, errors jsonb,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  locked conversations;
  abandoned turns;
  oldest turns;
  is_retry boolean;
  resumes boolean;
  newest_done bigint;
  reserved bigint;
  refusal text;
  refused_until timestamptz;
  requested turn_states;
  current turn_states;
begin
  locked := lock_conversation(conversation, owner);
  if locked.id is null
    or awaited is not null and not exists (select from turns where id = awaited and conversation_id = conversation)
  then
    return json_build_object('outcome', 'unknown');
  end if;

  -- A person stopped the running turn, or its runners have failed too often.
  if lease_is_free(locked) then
    select * into abandoned from turns
      where conversation_id = conversation and status = 'running'
        and (cancel_requested or tries >= max_attempts);
    if found then
      perform revoke_lease(conversation);
      perform end_without_runner(
        abandoned.id,
        case when abandoned.cancel_requested then 'stopped' else 'failed' end,
        case when abandoned.cancel_requested then null else errors -> 'attempts_exhausted' end);
    end if;
  end if;

  select * into oldest from turns
    where conversation_id = conversation and status in ('queued', 'running', 'waiting')
    order by seq limit 1;
  if found and lease_is_free_for(locked, claim)
    and not (oldest.status = 'waiting' and turn_awaits_decision(oldest.id))
    and (awaited is null or exists (
      select from turns where id = awaited and conversation_id = conversation and status in ('queued', 'running', 'waiting')))
  then
    is_retry := lease_is_held_by(locked, claim);
    oldest.attempts := oldest.attempts + case when is_retry then 0 else 1 end;
    if oldest.parkings > 0 then
      update approvals set state = 'expired' where turn_id = oldest.id and state = 'open';
      -- The decision has reserved the turn's money. From here on no other claim can take this money away.
      perform lock_money();
      update bookings set has_begun = true where turn_id = oldest.id and attempt = oldest.attempts and not has_begun;
    end if;
    select amount, refused_by, resets_at into reserved, refusal, refused_until from reserve_budget(
      oldest.id, oldest.attempts, owner, turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);

    if refusal is null then
      update conversations set
        fence = case when is_retry then fence else fence + 1 end,
        lease_until = lease_end(lease_seconds), lease_holder = claim
      where id = conversation returning * into locked;
      select coalesce(max(seq), 0) into newest_done from turns
        where conversation_id = conversation and status = 'done';
      resumes := locked.thread_turn is not distinct from oldest.id and newest_done < oldest.seq;
      update turns set
        status = 'running', attempts = oldest.attempts, tries = tries + case when is_retry then 0 else 1 end,
        base_text = case when resumes then base_text end, base_tools = case when resumes then base_tools end,
        base_sources = case when resumes then base_sources end, sources = case when resumes then base_sources end,
        partial = case when resumes then base_text end, tools = case when resumes then base_tools else '[]' end
      where id = oldest.id returning * into oldest;
      return json_build_object('outcome', 'claimed', 'turn', json_build_object(
        'id', oldest.id, 'message', oldest.input, 'attempt', oldest.attempts, 'replaces', oldest.replaces,
        -- The newest done turn committed the thread without the turns that were replaced before.
        'replaced', array(
          select replaces from turns
          where conversation_id = conversation and replaces is not null and seq > newest_done),
        'unrecorded', unrecorded_turns(locked, newest_done, oldest.seq),
        'resumes', resumes, 'parkings', oldest.parkings,
        'base', json_build_object(
          'text', coalesce(oldest.base_text, ''), 'tools', oldest.tools,
          'sources', coalesce(oldest.sources, '[]'), 'usage', oldest.usage,
          'approvals', case when oldest.parkings > 0 then approvals_of_turn(oldest.id) end),
        'notesEnabled', exists (
          select from owner_settings where owner_settings.owner = claim_turn.owner and notes_enabled),
        'fence', locked.fence::text, 'reserved', reserved,
        'summary', case when summary_is_current(locked)
          then json_build_object('text', locked.summary, 'untilTurn', locked.summary_until) end));
    end if;

    perform end_without_runner(oldest.id, 'failed', errors -> refusal || jsonb_build_object(
      'resets_at', to_char(refused_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')));
    -- With this holder and no lease, a retry of this claim takes nothing.
    update conversations set lease_holder = claim where id = conversation;
    perform revoke_lease(conversation);
  end if;

  -- The two statements below read only if nothing was claimed.
  select * into requested from turn_states
    where conversation_id = conversation and (awaited is null or turn_id = awaited)
    order by seq desc limit 1;
  if not found then
    return json_build_object('outcome', 'empty');
  end if;
  if refusal is not null then
    return json_build_object('outcome', 'refused', 'turn', requested);
  end if;
  select * into current from turn_states
    where conversation_id = conversation and status in ('running', 'waiting') order by seq limit 1;
  if not found or awaited is not null and requested.finished_at is not null then
    return json_build_object('outcome', 'idle', 'turn', requested);
  end if;
  return json_build_object(
    'outcome', case when current.status = 'waiting' then 'waiting' else 'busy' end, 'turn', current);
end
$$;

-- As before, and the base's sources go with the base.
create or replace function close_tools_of_ended_turn() returns trigger language plpgsql as $$
begin
  new.tools := coalesce((
    select json_agg(closed_call(call::text) order by position)
    from json_array_elements(new.tools) with ordinality as calls (call, position)), '[]');
  new.base_text := null;
  new.base_tools := null;
  new.base_sources := null;
  return new;
end
$$;

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, '')) end
$$;

-- Down Migration

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0 else 1024 * json_array_length(turn.tools) end
$$;

create or replace function close_tools_of_ended_turn() returns trigger language plpgsql as $$
begin
  new.tools := coalesce((
    select json_agg(closed_call(call::text) order by position)
    from json_array_elements(new.tools) with ordinality as calls (call, position)), '[]');
  new.base_text := null;
  new.base_tools := null;
  return new;
end
$$;

create or replace function claim_turn(
  claim uuid, owner text, conversation uuid, awaited uuid, lease_seconds double precision, max_attempts integer, errors jsonb,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  locked conversations;
  abandoned turns;
  oldest turns;
  is_retry boolean;
  resumes boolean;
  newest_done bigint;
  reserved bigint;
  refusal text;
  refused_until timestamptz;
  requested turn_states;
  current turn_states;
begin
  locked := lock_conversation(conversation, owner);
  if locked.id is null
    or awaited is not null and not exists (select from turns where id = awaited and conversation_id = conversation)
  then
    return json_build_object('outcome', 'unknown');
  end if;

  -- A person stopped the running turn, or its runners have failed too often.
  if lease_is_free(locked) then
    select * into abandoned from turns
      where conversation_id = conversation and status = 'running'
        and (cancel_requested or tries >= max_attempts);
    if found then
      perform revoke_lease(conversation);
      perform end_without_runner(
        abandoned.id,
        case when abandoned.cancel_requested then 'stopped' else 'failed' end,
        case when abandoned.cancel_requested then null else errors -> 'attempts_exhausted' end);
    end if;
  end if;

  select * into oldest from turns
    where conversation_id = conversation and status in ('queued', 'running', 'waiting')
    order by seq limit 1;
  if found and lease_is_free_for(locked, claim)
    and not (oldest.status = 'waiting' and turn_awaits_decision(oldest.id))
    and (awaited is null or exists (
      select from turns where id = awaited and conversation_id = conversation and status in ('queued', 'running', 'waiting')))
  then
    is_retry := lease_is_held_by(locked, claim);
    oldest.attempts := oldest.attempts + case when is_retry then 0 else 1 end;
    if oldest.parkings > 0 then
      update approvals set state = 'expired' where turn_id = oldest.id and state = 'open';
      -- The decision has reserved the turn's money. From here on no other claim can take this money away.
      perform lock_money();
      update bookings set has_begun = true where turn_id = oldest.id and attempt = oldest.attempts and not has_begun;
    end if;
    select amount, refused_by, resets_at into reserved, refusal, refused_until from reserve_budget(
      oldest.id, oldest.attempts, owner, turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);

    if refusal is null then
      update conversations set
        fence = case when is_retry then fence else fence + 1 end,
        lease_until = lease_end(lease_seconds), lease_holder = claim
      where id = conversation returning * into locked;
      select coalesce(max(seq), 0) into newest_done from turns
        where conversation_id = conversation and status = 'done';
      resumes := locked.thread_turn is not distinct from oldest.id and newest_done < oldest.seq;
      update turns set
        status = 'running', attempts = oldest.attempts, tries = tries + case when is_retry then 0 else 1 end,
        base_text = case when resumes then base_text end, base_tools = case when resumes then base_tools end,
        partial = case when resumes then base_text end, tools = case when resumes then base_tools else '[]' end
      where id = oldest.id returning * into oldest;
      return json_build_object('outcome', 'claimed', 'turn', json_build_object(
        'id', oldest.id, 'message', oldest.input, 'attempt', oldest.attempts, 'replaces', oldest.replaces,
        -- The newest done turn committed the thread without the turns that were replaced before.
        'replaced', array(
          select replaces from turns
          where conversation_id = conversation and replaces is not null and seq > newest_done),
        'unrecorded', unrecorded_turns(locked, newest_done, oldest.seq),
        'resumes', resumes, 'parkings', oldest.parkings,
        'base', json_build_object(
          'text', coalesce(oldest.base_text, ''), 'tools', oldest.tools, 'usage', oldest.usage,
          'approvals', case when oldest.parkings > 0 then approvals_of_turn(oldest.id) end),
        'notesEnabled', exists (
          select from owner_settings where owner_settings.owner = claim_turn.owner and notes_enabled),
        'fence', locked.fence::text, 'reserved', reserved,
        'summary', case when summary_is_current(locked)
          then json_build_object('text', locked.summary, 'untilTurn', locked.summary_until) end));
    end if;

    perform end_without_runner(oldest.id, 'failed', errors -> refusal || jsonb_build_object(
      'resets_at', to_char(refused_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')));
    -- With this holder and no lease, a retry of this claim takes nothing.
    update conversations set lease_holder = claim where id = conversation;
    perform revoke_lease(conversation);
  end if;

  -- The two statements below read only if nothing was claimed.
  select * into requested from turn_states
    where conversation_id = conversation and (awaited is null or turn_id = awaited)
    order by seq desc limit 1;
  if not found then
    return json_build_object('outcome', 'empty');
  end if;
  if refusal is not null then
    return json_build_object('outcome', 'refused', 'turn', requested);
  end if;
  select * into current from turn_states
    where conversation_id = conversation and status in ('running', 'waiting') order by seq limit 1;
  if not found or awaited is not null and requested.finished_at is not null then
    return json_build_object('outcome', 'idle', 'turn', requested);
  end if;
  return json_build_object(
    'outcome', case when current.status = 'waiting' then 'waiting' else 'busy' end, 'turn', current);
end
$$;

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean, json);
create function end_turn(
  conversation uuid, turn uuid, attempt integer,
  status text, result text, tools json, usage json, model text, error json, remarks json, history_from uuid,
  summarised_until uuid, spent bigint, is_estimated boolean, spent_usage json, stores_thread boolean
) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  -- Settles before the turn ends, because a turn that ends without a settlement is settled by an estimate.
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
  update turns set
    status = end_turn.status, result = end_turn.result, tools = end_turn.tools, usage = end_turn.usage,
    model = end_turn.model, error = end_turn.error, remarks = end_turn.remarks, history_from = end_turn.history_from,
    summarised_until = end_turn.summarised_until, partial = null, finished_at = now()
  where id = turn and turns.status = 'running';
  update conversations set
    lease_until = null, updated_at = now(),
    thread_turn = case when stores_thread then turn else thread_turn end,
    thread_is_complete = stores_thread or thread_is_complete
  where id = conversation;
end
$$;

drop function park_turn(uuid, integer, text, json, json, integer, bigint, boolean, json, json, json);
create function park_turn(
  turn uuid, attempt integer, shown_text text, shown_tools json, calls json, approval_days integer,
  spent bigint, is_estimated boolean, spent_usage json, usage_so_far json
) returns void language plpgsql as $$
declare
  parked turns;
begin
  perform refuse_after_stop(turn);
  update turns set status = 'waiting', parkings = parkings + 1, partial = shown_text, tools = shown_tools,
      usage = usage_so_far
    where id = turn and status = 'running' and attempts = park_turn.attempt
    returning * into parked;
  if not found then return; end if;
  perform begin_at_checkpoint(turn, shown_text, shown_tools);
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

drop function begin_at_checkpoint(uuid, text, json, json);
create function begin_at_checkpoint(turn uuid, shown_text text, shown_tools json) returns void language plpgsql as $$
begin
  update turns set tries = 0, base_text = shown_text, base_tools = shown_tools where id = turn;
  update conversations set thread_turn = turn, thread_is_complete = false
    where id = (select conversation_id from turns where turns.id = turn);
end
$$;

alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals
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

alter table turns drop column sources, drop column base_sources;

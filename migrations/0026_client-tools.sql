-- Up Migration

-- For programs that speak other protocols. They name a conversation before it exists, declare tools that they run themselves, and
-- act under a key.
--
--     running ── a call of a client's tool parks ─▶ waiting ── settle_client_calls ─▶ queued ── claim ─▶ running

alter table turns
  -- The API key that accepted the turn. Needs no foreign key: a turn outlives its key.
  add column key_id text,
  -- What the program has declared: [{name, description, parameters}]. Not jsonb, which would sort the parameters.
  add column client_tools json;

alter table approvals
  -- The program that sent the message runs the call. No person decides about it.
  add column client boolean not null default false;

-- The tools that a program has declared take their space, too.
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
    + octet_length(coalesce(turn.earlier_inputs::text, '')) + octet_length(coalesce(turn.client_tools::text, ''))
$$;

-- Without the calls that a program runs: nobody approves them.
create or replace function approvals_of_turn(turn uuid) returns json language sql stable as $$
  select json_agg(json_strip_nulls(json_build_object(
    'call_id', call_id,
    'arguments_sha256', arguments_sha256,
    'state', case when state = 'open' and expires_at <= now() then 'expired' else state end,
    'expires_at', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'note', note,
    'before', before)))
  from approvals where turn_id = turn and not client
$$;

-- As migration 0020 says.
create or replace function park_turn(
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
    call_id, turn_id, conversation_id, tool, client, arguments_sha256, definition_sha256, before, expires_at)
  select
    asked.call_id, turn, parked.conversation_id, asked.tool, coalesce(asked.client, false), asked.arguments_sha256, asked.definition_sha256,
    case when asked.effect = 'write' and asked.client is not true
      then effect_before(parked.conversation_id, asked.call_id, asked.tool, asked.arguments_sha256) end,
    now() + make_interval(days => approval_days)
  from json_to_recordset(calls) as asked (
    call_id text, tool text, arguments_sha256 text, definition_sha256 text, effect text, client boolean)
  -- The arguments or the tool have changed since a person decided: the person is asked anew.
  on conflict (call_id) do update set
    tool = excluded.tool, client = excluded.client, arguments_sha256 = excluded.arguments_sha256,
    definition_sha256 = excluded.definition_sha256, before = excluded.before, state = 'open', note = null,
    asked_at = now(), expires_at = excluded.expires_at, decided_at = null, used_at = null;
  update conversations set lease_until = null, updated_at = now() where id = parked.conversation_id;
  perform settle_booking(turn, attempt, spent, is_estimated, spent_usage);
end
$$;

-- Queues a waiting turn of which no call is undecided any more, and reserves its money. Returns null, or {outcome, refused_by,
-- resets_at} if a budget cannot cover the turn: then nothing has changed. The caller has locked the conversation.
create function queue_decided_turn(
  turn uuid, turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql as $$
declare
  waiting turns;
  refusal text;
  refused_until timestamptz;
begin
  select * into waiting from turns where id = turn;
  select refused_by, resets_at into refusal, refused_until from reserve_budget(
    turn, waiting.attempts + 1, waiting.owner,
    turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);
  if refusal is not null then
    return json_build_object('outcome', 'refused', 'refused_by', refusal, 'resets_at',
      to_char(refused_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
  end if;
  update bookings set has_begun = false where turn_id = turn and attempt = waiting.attempts + 1;
  update turns set status = 'queued' where id = turn;
  return null;
end
$$;

-- As migration 0010 says. Returns `client_call` for a call that a program runs.
create or replace function decide_call(
  conversation uuid, owner text, turn uuid, call text, arguments_sha256 text, decision text, note text,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql as $$
declare
  asked approvals;
  refusal json;
begin
  perform from conversations
    where id = conversation and (decide_call.owner is null or conversations.owner = decide_call.owner) for update;
  if found then
    select * into asked from approvals
      where call_id = call and turn_id = turn and conversation_id = conversation;
  end if;
  if asked.call_id is null then
    return json_build_object('outcome', 'unknown');
  end if;
  if asked.client then
    return json_build_object('outcome', 'client_call');
  end if;
  if asked.arguments_sha256 <> decide_call.arguments_sha256 or asked.state = 'void' then
    return json_build_object('outcome', 'changed');
  end if;
  if asked.state in ('approved', 'denied') then
    return json_build_object('outcome', case when asked.state = decision then 'replayed' else 'already_decided' end);
  end if;
  update approvals set state = 'expired' where turn_id = turn and state = 'open' and expires_at <= now();
  if asked.expires_at <= now() then
    return json_build_object('outcome', 'expired');
  end if;

  if not exists (select from approvals where turn_id = turn and state = 'open' and call_id <> call) then
    refusal := queue_decided_turn(turn, turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);
    if refusal is not null then
      return refusal;
    end if;
  end if;
  update approvals set state = decision, note = decide_call.note, decided_at = now() where call_id = call;
  update conversations set updated_at = now() where id = conversation;
  return json_build_object('outcome', 'decided');
end
$$;

-- Stores what a program's own tools returned, all of `outputs` ([{call_id, failed, output}]) or nothing: each becomes the settled receipt
-- of its call, which the continuation reads. If no call of the turn is undecided then, the turn is queued again and its money reserved.
--
-- Returns {outcome}: decided, replayed (each call has this output already), unknown, already_decided (with another output), expired or
-- changed (the turn has ended), each with {call_id}; or refused with {refused_by, resets_at}. With the first two `missing` has the
-- calls that wait for the program still.
create function settle_client_calls(
  conversation uuid, owner text, turn uuid, outputs json,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql as $$
declare
  given record;
  asked approvals;
  receipt receipts;
  is_new boolean := false;
  refusal json;
begin
  perform from conversations where id = conversation and conversations.owner = settle_client_calls.owner for update;
  if not found then
    return json_build_object('outcome', 'unknown');
  end if;
  for given in select * from json_to_recordset(outputs) as listed (call_id text, failed boolean, output text) loop
    select * into asked from approvals
      where call_id = given.call_id and turn_id = turn and conversation_id = conversation and client;
    if not found then
      return json_build_object('outcome', 'unknown', 'call_id', given.call_id);
    end if;
    select * into receipt from receipts where call_id = given.call_id;
    if found then
      if receipt.failed is distinct from given.failed or receipt.output is distinct from given.output then
        return json_build_object('outcome', 'already_decided', 'call_id', given.call_id);
      end if;
    elsif asked.state = 'void' then
      return json_build_object('outcome', 'changed', 'call_id', given.call_id);
    elsif asked.state <> 'open' or asked.expires_at <= now() then
      update approvals set state = 'expired' where call_id = given.call_id;
      return json_build_object('outcome', 'expired', 'call_id', given.call_id);
    else
      is_new := true;
    end if;
  end loop;

  if is_new then
    update approvals set state = 'expired' where turn_id = turn and state = 'open' and expires_at <= now();
    if not exists (
      select from approvals where turn_id = turn and state = 'open'
        and call_id not in (select listed.call_id from json_to_recordset(outputs) as listed (call_id text)))
    then
      refusal := queue_decided_turn(turn, turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);
      if refusal is not null then
        return refusal;
      end if;
    end if;
    insert into receipts (
      id, call_id, turn_id, conversation_id, owner, tool, arguments_sha256, state, failed, output, settled_at)
    select gen_random_uuid(), approvals.call_id, turn, conversation, settle_client_calls.owner, tool, arguments_sha256,
      'settled', listed.failed, listed.output, now()
    from json_to_recordset(outputs) as listed (call_id text, failed boolean, output text)
    join approvals on approvals.call_id = listed.call_id and approvals.state = 'open';
    update approvals set state = 'approved', decided_at = now(), used_at = now()
      where turn_id = turn and state = 'open' and call_id in (select receipts.call_id from receipts where turn_id = turn);
    update conversations set updated_at = now() where id = conversation;
  end if;
  return json_build_object(
    'outcome', case when is_new then 'decided' else 'replayed' end,
    'missing', array(
      select call_id from approvals where turn_id = turn and client and state = 'open' and expires_at > now() order by call_id));
end
$$;

drop function accept_turn(
  text, uuid, boolean, uuid, text, text, uuid, text, text, integer, integer, integer, bigint, boolean, uuid, jsonb);
-- As migration 0018 says. With `creates_missing` a conversation that nobody has is begun under the given id; that of another owner is
-- unknown, as ever. The new parameters have defaults, because the version that runs during the deployment does not know them.
create function accept_turn(
  owner text, conversation uuid, begins_conversation boolean, turn uuid, message text, title text, replaces uuid,
  idempotency_key text, body_hash text,
  max_open_turns integer, max_open_turns_of_owner integer, max_conversations integer, max_stored_bytes bigint,
  has_after boolean default false, after_turn uuid default null, settings jsonb default '{}',
  creates_missing boolean default false, key text default null, client_tools json default null
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  begins boolean := begins_conversation;
  locked conversations;
  accepted turns;
  outcome text;
  new_parent uuid;
  gives_title boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if not begins then
    locked := lock_conversation(conversation, owner);
    begins := creates_missing and locked.id is null and not exists (select from conversations where id = conversation);
  end if;

  -- The database client sends a request again when the reply was lost. The repeated request finds its own turn.
  select * into accepted from turns where id = turn;
  if not found then
    select * into accepted from turns where turns.owner = accept_turn.owner and idem_key = idempotency_key;
  end if;
  if found then
    outcome := case
      when accepted.body_hash <> accept_turn.body_hash then 'key_reused'
      when accepted.id <> turn then 'replayed'
      else 'accepted'
    end;
  elsif not begins and locked.id is null or coalesce(replaces, after_turn) is not null and conversation is distinct from (
    select conversation_id from turns where id = coalesce(accept_turn.replaces, after_turn))
  then
    outcome := 'unknown';
  else
    -- Each count reads at most about as many entries of an index as its bound allows.
    outcome := case
      when not begins and max_open_turns <= (
        select count(*) from turns
        where conversation_id = conversation and status in ('queued', 'running', 'waiting')) then 'queue_full'
      when max_open_turns_of_owner <= (
        select count(*) from turns
        where turns.owner = accept_turn.owner and status in ('queued', 'running', 'waiting')) then 'too_many_open_turns'
      when begins and max_conversations <= (
        select count(*) from conversations
        where conversations.owner = accept_turn.owner) then 'too_many_conversations'
      when max_stored_bytes < (
        select coalesce(sum(stored_bytes), 0) from conversations where conversations.owner = accept_turn.owner
      ) + 1024 + 2 * octet_length(message) + octet_length(coalesce(client_tools::text, '')) then 'storage_full'    -- the new turn, as turn_bytes counts
      else 'accepted'
    end;
    if outcome = 'accepted' then
      new_parent := case
        when replaces is not null then (select parent from turns where id = accept_turn.replaces)
        when has_after then after_turn
        else locked.head end;
      if begins then
        insert into conversations (id, owner, title, titled_by, head, settings)
          values (conversation, owner, title, turn, turn, accept_turn.settings)
          on conflict (id) do nothing;
        if not found then   -- another owner has begun it at this moment
          return json_build_object('outcome', 'unknown');
        end if;
      else
        -- Moves the conversation to the top of the list, and shows the branch of the new turn. A new version of the first
        -- message gives the title, unless a person has chosen one.
        gives_title := new_parent is null and locked.titled_by is not null;
        update conversations set
          updated_at = now(), head = turn,
          title = case when gives_title then accept_turn.title else conversations.title end,
          titled_by = case when gives_title then turn else titled_by end
        where id = conversation;
      end if;
      insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces, parent, key_id, client_tools)
        values (turn, conversation, owner, idempotency_key, case when idempotency_key is not null then body_hash end,
          message, replaces, new_parent, key, accept_turn.client_tools)
        returning * into accepted;
    end if;
  end if;

  return json_build_object(
    'outcome', outcome, 'turn_id', accepted.id, 'conversation_id', accepted.conversation_id, 'status', accepted.status);
end
$$;

-- As migration 0018 says, and `clientTools` has what the turn's program has declared.
create or replace function claim_turn(
  claim uuid, owner text, conversation uuid, awaited uuid, lease_seconds double precision, max_attempts integer, errors jsonb,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint,
  worst_by_model jsonb default null
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  locked conversations;
  abandoned turns;
  oldest turns;
  is_retry boolean;
  resumes boolean;
  keeps_thread boolean;
  has_summary boolean;
  branch json;
  settings_of_owner owner_settings;
  worst jsonb;
  lease_until_before timestamptz;
  thread_turn_before uuid;
  reserved bigint;
  refusal text;
  refused_until timestamptz;
  requested turn_states;
  current turn_states;
begin
  locked := lock_conversation(conversation, owner);
  if locked.id is null
    or awaited is not null and conversation is distinct from (select conversation_id from turns where id = awaited)
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
    and (awaited is null or (select finished_at is null from turns where id = awaited))
  then
    is_retry := lease_is_held_by(locked, claim);
    oldest.attempts := oldest.attempts + case when is_retry then 0 else 1 end;
    worst := coalesce(worst_by_model -> (locked.settings ->> 'model'), json_build_object('turn', turn_worst, 'call', call_worst)::jsonb);
    if oldest.parkings > 0 then
      update approvals set state = 'expired' where turn_id = oldest.id and state = 'open';
      -- The decision has reserved the turn's money. From here on no other claim can take this money away.
      perform lock_money();
      update bookings set has_begun = true, call_worst = (worst ->> 'call')::bigint where turn_id = oldest.id and attempt = oldest.attempts and not has_begun;
    end if;
    select amount, refused_by, resets_at into reserved, refusal, refused_until from reserve_budget(
      oldest.id, oldest.attempts, owner, turn_cap, (worst ->> 'turn')::bigint, (worst ->> 'call')::bigint, site_month_cap, site_day_cap, owner_day_cap);

    if refusal is null then
      lease_until_before := locked.lease_until;
      thread_turn_before := locked.thread_turn;
      resumes := coalesce(locked.thread_turn = oldest.id, false);
      keeps_thread := resumes or coalesce(
        locked.thread_turn = oldest.parent and locked.thread_is_complete and not locked.thread_is_stale, false);
      update conversations set
        fence = case when is_retry then fence else fence + 1 end,
        lease_until = lease_end(lease_seconds), lease_holder = claim,
        thread_turn = case when keeps_thread then thread_turn end,
        thread_is_complete = case when keeps_thread then thread_is_complete end,
        thread_is_stale = keeps_thread and thread_is_stale
      where id = conversation returning * into locked;
      has_summary := locked.summary_until is not null and turn_follows(oldest.parent, locked.summary_until);
      branch := case when keeps_thread then '[]'
        else branch_turns(oldest.parent, case when has_summary then locked.summary_until end) end;
      update turns set
        status = 'running', attempts = oldest.attempts, tries = tries + case when is_retry then 0 else 1 end,
        claims = case when is_retry then claims else with_claim(claims, oldest.attempts, lease_until_before) end,
        base_text = case when resumes then base_text end, base_tools = case when resumes then base_tools end,
        base_sources = case when resumes then base_sources end, sources = case when resumes then base_sources end,
        partial = case when resumes then base_text end, tools = case when resumes then base_tools else '[]' end
      where id = oldest.id returning * into oldest;
      select * into settings_of_owner from owner_settings where owner_settings.owner = claim_turn.owner;
      return json_build_object('outcome', 'claimed', 'turn', json_build_object(
        'id', oldest.id, 'message', oldest.input, 'attempt', oldest.attempts,
        'parent', oldest.parent, 'replaces', oldest.replaces,
        'branch', branch, 'clientTools', coalesce(oldest.client_tools, '[]'),
        -- The version before this migration names no models. It reads the stored thread, and the lists of what to drop and to add.
        'replaced', case when worst_by_model is null and not keeps_thread and thread_turn_before is not null
          then array[thread_turn_before] else '{}' end,
        'unrecorded', case when worst_by_model is null then branch end,
        'resumes', resumes, 'parkings', oldest.parkings,
        'base', json_build_object(
          'text', coalesce(oldest.base_text, ''), 'tools', oldest.tools,
          'sources', coalesce(oldest.sources, '[]'), 'usage', oldest.usage,
          'approvals', case when oldest.parkings > 0 then approvals_of_turn(oldest.id) end),
        'notesEnabled', coalesce(settings_of_owner.notes_enabled, false),
        'settings', locked.settings, 'ownerInstructions', coalesce(settings_of_owner.instructions, ''),
        'fence', locked.fence::text, 'reserved', reserved, 'callWorst', worst -> 'call',
        'summary', case when has_summary
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

-- Down Migration

drop function settle_client_calls(uuid, text, uuid, json, bigint, bigint, bigint, bigint, bigint, bigint);
create or replace function decide_call(
  conversation uuid, owner text, turn uuid, call text, arguments_sha256 text, decision text, note text,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql as $$
declare
  asked approvals;
  waiting turns;
  refusal text;
  refused_until timestamptz;
begin
  perform from conversations
    where id = conversation and (decide_call.owner is null or conversations.owner = decide_call.owner) for update;
  if found then
    select * into asked from approvals
      where call_id = call and turn_id = turn and conversation_id = conversation;
  end if;
  if asked.call_id is null then
    return json_build_object('outcome', 'unknown');
  end if;
  if asked.arguments_sha256 <> decide_call.arguments_sha256 or asked.state = 'void' then
    return json_build_object('outcome', 'changed');
  end if;
  if asked.state in ('approved', 'denied') then
    return json_build_object('outcome', case when asked.state = decision then 'replayed' else 'already_decided' end);
  end if;
  update approvals set state = 'expired' where turn_id = turn and state = 'open' and expires_at <= now();
  if asked.expires_at <= now() then
    return json_build_object('outcome', 'expired');
  end if;

  if not exists (select from approvals where turn_id = turn and state = 'open' and call_id <> call) then
    select * into waiting from turns where id = turn;
    select refused_by, resets_at into refusal, refused_until from reserve_budget(
      turn, waiting.attempts + 1, waiting.owner,
      turn_cap, turn_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);
    if refusal is not null then
      return json_build_object('outcome', 'refused', 'refused_by', refusal, 'resets_at',
        to_char(refused_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
    end if;
    update bookings set has_begun = false where turn_id = turn and attempt = waiting.attempts + 1;
    update turns set status = 'queued' where id = turn;
  end if;
  update approvals set state = decision, note = decide_call.note, decided_at = now() where call_id = call;
  update conversations set updated_at = now() where id = conversation;
  return json_build_object('outcome', 'decided');
end
$$;

drop function queue_decided_turn(uuid, bigint, bigint, bigint, bigint, bigint, bigint);

drop function accept_turn(
  text, uuid, boolean, uuid, text, text, uuid, text, text, integer, integer, integer, bigint, boolean, uuid, jsonb,
  boolean, text, json);
create function accept_turn(
  owner text, conversation uuid, begins_conversation boolean, turn uuid, message text, title text, replaces uuid,
  idempotency_key text, body_hash text,
  max_open_turns integer, max_open_turns_of_owner integer, max_conversations integer, max_stored_bytes bigint,
  has_after boolean default false, after_turn uuid default null, settings jsonb default '{}'
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  has_conversation constant boolean := not begins_conversation;
  locked conversations;
  accepted turns;
  outcome text;
  new_parent uuid;
  gives_title boolean;
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if has_conversation then
    locked := lock_conversation(conversation, owner);
  end if;

  -- The database client sends a request again when the reply was lost. The repeated request finds its own turn.
  select * into accepted from turns where id = turn;
  if not found then
    select * into accepted from turns where turns.owner = accept_turn.owner and idem_key = idempotency_key;
  end if;
  if found then
    outcome := case
      when accepted.body_hash <> accept_turn.body_hash then 'key_reused'
      when accepted.id <> turn then 'replayed'
      else 'accepted'
    end;
  elsif has_conversation and locked.id is null or coalesce(replaces, after_turn) is not null and conversation is distinct from (
    select conversation_id from turns where id = coalesce(accept_turn.replaces, after_turn))
  then
    outcome := 'unknown';
  else
    -- Each count reads at most about as many entries of an index as its bound allows.
    outcome := case
      when has_conversation and max_open_turns <= (
        select count(*) from turns
        where conversation_id = conversation and status in ('queued', 'running', 'waiting')) then 'queue_full'
      when max_open_turns_of_owner <= (
        select count(*) from turns
        where turns.owner = accept_turn.owner and status in ('queued', 'running', 'waiting')) then 'too_many_open_turns'
      when begins_conversation and max_conversations <= (
        select count(*) from conversations
        where conversations.owner = accept_turn.owner) then 'too_many_conversations'
      when max_stored_bytes < (
        select coalesce(sum(stored_bytes), 0) from conversations where conversations.owner = accept_turn.owner
      ) + 1024 + 2 * octet_length(message) then 'storage_full'    -- the new turn, as turn_bytes counts
      else 'accepted'
    end;
    if outcome = 'accepted' then
      new_parent := case
        when replaces is not null then (select parent from turns where id = accept_turn.replaces)
        when has_after then after_turn
        else locked.head end;
      if begins_conversation then
        insert into conversations (id, owner, title, titled_by, head, settings)
          values (conversation, owner, title, turn, turn, accept_turn.settings);
      else
        -- Moves the conversation to the top of the list, and shows the branch of the new turn. A new version of the first
        -- message gives the title, unless a person has chosen one.
        gives_title := new_parent is null and locked.titled_by is not null;
        update conversations set
          updated_at = now(), head = turn,
          title = case when gives_title then accept_turn.title else conversations.title end,
          titled_by = case when gives_title then turn else titled_by end
        where id = conversation;
      end if;
      insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces, parent)
        values (turn, conversation, owner, idempotency_key, case when idempotency_key is not null then body_hash end,
          message, replaces, new_parent)
        returning * into accepted;
    end if;
  end if;

  return json_build_object(
    'outcome', outcome, 'turn_id', accepted.id, 'conversation_id', accepted.conversation_id, 'status', accepted.status);
end
$$;

create or replace function claim_turn(
  claim uuid, owner text, conversation uuid, awaited uuid, lease_seconds double precision, max_attempts integer, errors jsonb,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint,
  worst_by_model jsonb default null
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  locked conversations;
  abandoned turns;
  oldest turns;
  is_retry boolean;
  resumes boolean;
  keeps_thread boolean;
  has_summary boolean;
  branch json;
  settings_of_owner owner_settings;
  worst jsonb;
  lease_until_before timestamptz;
  thread_turn_before uuid;
  reserved bigint;
  refusal text;
  refused_until timestamptz;
  requested turn_states;
  current turn_states;
begin
  locked := lock_conversation(conversation, owner);
  if locked.id is null
    or awaited is not null and conversation is distinct from (select conversation_id from turns where id = awaited)
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
    and (awaited is null or (select finished_at is null from turns where id = awaited))
  then
    is_retry := lease_is_held_by(locked, claim);
    oldest.attempts := oldest.attempts + case when is_retry then 0 else 1 end;
    worst := coalesce(worst_by_model -> (locked.settings ->> 'model'), json_build_object('turn', turn_worst, 'call', call_worst)::jsonb);
    if oldest.parkings > 0 then
      update approvals set state = 'expired' where turn_id = oldest.id and state = 'open';
      -- The decision has reserved the turn's money. From here on no other claim can take this money away.
      perform lock_money();
      update bookings set has_begun = true, call_worst = (worst ->> 'call')::bigint where turn_id = oldest.id and attempt = oldest.attempts and not has_begun;
    end if;
    select amount, refused_by, resets_at into reserved, refusal, refused_until from reserve_budget(
      oldest.id, oldest.attempts, owner, turn_cap, (worst ->> 'turn')::bigint, (worst ->> 'call')::bigint, site_month_cap, site_day_cap, owner_day_cap);

    if refusal is null then
      lease_until_before := locked.lease_until;
      thread_turn_before := locked.thread_turn;
      resumes := coalesce(locked.thread_turn = oldest.id, false);
      keeps_thread := resumes or coalesce(
        locked.thread_turn = oldest.parent and locked.thread_is_complete and not locked.thread_is_stale, false);
      update conversations set
        fence = case when is_retry then fence else fence + 1 end,
        lease_until = lease_end(lease_seconds), lease_holder = claim,
        thread_turn = case when keeps_thread then thread_turn end,
        thread_is_complete = case when keeps_thread then thread_is_complete end,
        thread_is_stale = keeps_thread and thread_is_stale
      where id = conversation returning * into locked;
      has_summary := locked.summary_until is not null and turn_follows(oldest.parent, locked.summary_until);
      branch := case when keeps_thread then '[]'
        else branch_turns(oldest.parent, case when has_summary then locked.summary_until end) end;
      update turns set
        status = 'running', attempts = oldest.attempts, tries = tries + case when is_retry then 0 else 1 end,
        claims = case when is_retry then claims else with_claim(claims, oldest.attempts, lease_until_before) end,
        base_text = case when resumes then base_text end, base_tools = case when resumes then base_tools end,
        base_sources = case when resumes then base_sources end, sources = case when resumes then base_sources end,
        partial = case when resumes then base_text end, tools = case when resumes then base_tools else '[]' end
      where id = oldest.id returning * into oldest;
      select * into settings_of_owner from owner_settings where owner_settings.owner = claim_turn.owner;
      return json_build_object('outcome', 'claimed', 'turn', json_build_object(
        'id', oldest.id, 'message', oldest.input, 'attempt', oldest.attempts,
        'parent', oldest.parent, 'replaces', oldest.replaces,
        'branch', branch,
        -- The version before this migration names no models. It reads the stored thread, and the lists of what to drop and to add.
        'replaced', case when worst_by_model is null and not keeps_thread and thread_turn_before is not null
          then array[thread_turn_before] else '{}' end,
        'unrecorded', case when worst_by_model is null then branch end,
        'resumes', resumes, 'parkings', oldest.parkings,
        'base', json_build_object(
          'text', coalesce(oldest.base_text, ''), 'tools', oldest.tools,
          'sources', coalesce(oldest.sources, '[]'), 'usage', oldest.usage,
          'approvals', case when oldest.parkings > 0 then approvals_of_turn(oldest.id) end),
        'notesEnabled', coalesce(settings_of_owner.notes_enabled, false),
        'settings', locked.settings, 'ownerInstructions', coalesce(settings_of_owner.instructions, ''),
        'fence', locked.fence::text, 'reserved', reserved, 'callWorst', worst -> 'call',
        'summary', case when has_summary
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

create or replace function park_turn(
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

create or replace function approvals_of_turn(turn uuid) returns json language sql stable as $$
  select json_agg(json_strip_nulls(json_build_object(
    'call_id', call_id,
    'arguments_sha256', arguments_sha256,
    'state', case when state = 'open' and expires_at <= now() then 'expired' else state end,
    'expires_at', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'note', note,
    'before', before)))
  from approvals where turn_id = turn
$$;

-- The version before knows no tool of a program: such a call looks like one of a tool that is gone, and is refused.
alter table approvals drop column client;

update conversations set stored_bytes = stored_bytes - declared.bytes
from (
  select conversation_id, sum(octet_length(client_tools::text)) as bytes from turns
  where client_tools is not null group by conversation_id
) as declared
where declared.conversation_id = conversations.id;
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
    + octet_length(coalesce(turn.earlier_inputs::text, ''))
$$;

alter table turns drop column key_id, drop column client_tools;

-- Up Migration

-- A turn reads the same number of rows however many turns its conversation and its owner have had. The functions do what they
-- did; migrations 0009, 0011 and 0013 explain them.
--
-- PostgreSQL knows nothing about the tables of a new deployment until it analyzes them, which Neon does only while its compute is
-- awake. Until then PostgreSQL guesses that each conversation has one or two turns. So it found one turn by its conversation
-- and then compared ids, found a repeated request among all turns of the owner, and read all turns of a conversation for
-- the newest done turn. Now each statement has only the right index to choose: a turn is found by its id alone, and then
-- compared; `offset 0` keeps the condition out of the walk along `turns_in_order`, which ends at the first done turn.
--
-- `enable_bitmapscan`: a scan of a bitmap reads the entries of dead rows each time, until a vacuum. A plain scan of an index marks
-- them, and the next scan skips them. An accept moves the conversation within `conversations_newest_first`, and so leaves a
-- dead entry each time.

create or replace function accept_turn(
  owner text, conversation uuid, begins_conversation boolean, turn uuid, message text, title text, replaces uuid,
  idempotency_key text, body_hash text,
  max_open_turns integer, max_open_turns_of_owner integer, max_conversations integer, max_stored_bytes bigint
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  has_conversation constant boolean := not begins_conversation;
  locked conversations;
  accepted turns;
  outcome text;
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
  elsif has_conversation and locked.id is null or replaces is not null and conversation is distinct from (
    select conversation_id from turns where id = accept_turn.replaces)
  then
    outcome := 'unknown';
  else
    -- Each count reads at most about as many entries of an index as its bound allows.
    outcome := case
      when replaces is not null and replaces is distinct from (   -- only the newest turn, once it has ended
        select case when finished_at is not null then id end from turns
        where conversation_id = conversation order by seq desc limit 1) then 'not_replaceable'
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
      if begins_conversation then
        insert into conversations (id, owner, title, titled_by) values (conversation, owner, title, turn);
      else
        -- Moves the conversation to the top of the list. If its title came from the replaced message, the new message
        -- gives the title.
        update conversations set
          updated_at = now(),
          title = case when titled_by = accept_turn.replaces then accept_turn.title else conversations.title end,
          titled_by = case when titled_by = accept_turn.replaces then turn else titled_by end
        where id = conversation;
      end if;
      insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces)
        values (turn, conversation, owner, idempotency_key, case when idempotency_key is not null then body_hash end,
          message, replaces)
        returning * into accepted;
    end if;
  end if;

  return json_build_object(
    'outcome', outcome, 'turn_id', accepted.id, 'conversation_id', accepted.conversation_id, 'status', accepted.status);
end
$$;

create or replace function claim_turn(
  claim uuid, owner text, conversation uuid, awaited uuid, lease_seconds double precision, max_attempts integer, errors jsonb,
  turn_cap bigint, turn_worst bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
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
      newest_done := coalesce((
        select seq from (
          select seq, status from turns where conversation_id = conversation order by seq desc offset 0) as newest_first
        where status = 'done' limit 1), 0);
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

-- The index by `state` has an entry of each turn since the last vacuum. The primary key has those of this turn.
create or replace function settle_turn(turn uuid) returns void language plpgsql as $$
declare
  booking bookings;
begin
  for booking in select * from bookings where turn_id = turn loop
    if booking.state = 'open' then
      perform settle_silent(booking);
    end if;
  end loop;
end
$$;

-- Down Migration

create or replace function settle_turn(turn uuid) returns void language plpgsql as $$
begin
  perform settle_silent(bookings) from bookings where turn_id = turn and state = 'open';
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

create or replace function accept_turn(
  owner text, conversation uuid, begins_conversation boolean, turn uuid, message text, title text, replaces uuid,
  idempotency_key text, body_hash text,
  max_open_turns integer, max_open_turns_of_owner integer, max_conversations integer, max_stored_bytes bigint
) returns json language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  has_conversation constant boolean := not begins_conversation;
  locked conversations;
  accepted turns;
  outcome text;
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if has_conversation then
    locked := lock_conversation(conversation, owner);
  end if;

  -- The database client sends a request again when the reply was lost. The repeated request finds its own turn.
  select * into accepted from turns
    where turns.owner = accept_turn.owner and (id = turn or idem_key = idempotency_key);
  if found then
    outcome := case
      when accepted.body_hash <> accept_turn.body_hash then 'key_reused'
      when accepted.id <> turn then 'replayed'
      else 'accepted'
    end;
  elsif has_conversation and locked.id is null or replaces is not null and not exists (
    select from turns where id = accept_turn.replaces and conversation_id = conversation)
  then
    outcome := 'unknown';
  else
    -- Each count reads at most about as many entries of an index as its bound allows.
    outcome := case
      when replaces is not null and replaces is distinct from (   -- only the newest turn, once it has ended
        select case when finished_at is not null then id end from turns
        where conversation_id = conversation order by seq desc limit 1) then 'not_replaceable'
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
      if begins_conversation then
        insert into conversations (id, owner, title, titled_by) values (conversation, owner, title, turn);
      else
        -- Moves the conversation to the top of the list. If its title came from the replaced message, the new message
        -- gives the title.
        update conversations set
          updated_at = now(),
          title = case when titled_by = accept_turn.replaces then accept_turn.title else conversations.title end,
          titled_by = case when titled_by = accept_turn.replaces then turn else titled_by end
        where id = conversation;
      end if;
      insert into turns (id, conversation_id, owner, idem_key, body_hash, input, replaces)
        values (turn, conversation, owner, idempotency_key, case when idempotency_key is not null then body_hash end,
          message, replaces)
        returning * into accepted;
    end if;
  end if;

  return json_build_object(
    'outcome', outcome, 'turn_id', accepted.id, 'conversation_id', accepted.conversation_id, 'status', accepted.status);
end
$$;

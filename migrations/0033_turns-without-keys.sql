-- Up Migration

-- Most messages have no idempotency key. The index of the constraint had an entry for each of them, and another for each state of its turn.
alter table turns drop constraint turns_owner_idem_key_key;
create unique index turns_of_key on turns (owner, idem_key) where idem_key is not null;

-- As migration 0026 says. A message without a key repeats none, and the owner's conversations are read once for both of their bounds.
create or replace function accept_turn(
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
  conversations_of_owner bigint;
  bytes_of_owner numeric;
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if not begins then
    locked := lock_conversation(conversation, owner);
    begins := creates_missing and locked.id is null and not exists (select from conversations where id = conversation);
  end if;

  -- The database client sends a request again when the reply was lost. The repeated request finds its own turn.
  select * into accepted from turns where id = turn;
  if not found and idempotency_key is not null then
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
    select count(*), coalesce(sum(stored_bytes), 0) into conversations_of_owner, bytes_of_owner
      from conversations where conversations.owner = accept_turn.owner;
    outcome := case
      when not begins and max_open_turns <= (
        select count(*) from turns
        where conversation_id = conversation and status in ('queued', 'running', 'waiting')) then 'queue_full'
      when max_open_turns_of_owner <= (
        select count(*) from turns
        where turns.owner = accept_turn.owner and status in ('queued', 'running', 'waiting')) then 'too_many_open_turns'
      when begins and max_conversations <= conversations_of_owner then 'too_many_conversations'
      when max_stored_bytes < bytes_of_owner + 1024 + 2 * octet_length(message) + octet_length(coalesce(client_tools::text, '')) then 'storage_full'    -- the new turn, as turn_bytes counts
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

-- As migration 0026 says. A turn that begins a conversation, or a branch of its start, has no branch to read.
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
      branch := case when keeps_thread or oldest.parent is null then '[]'
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

create or replace function accept_turn(
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

drop index turns_of_key;
alter table turns add constraint turns_owner_idem_key_key unique (owner, idem_key);

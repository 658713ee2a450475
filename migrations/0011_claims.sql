-- Up Migration

-- Accept, claim and end of a turn as functions, so that each is one statement. A transaction over HTTP runs its statements one
-- after another, and PostgreSQL parses and plans each of them anew; it keeps the plans of a function for the whole session.
--
-- These functions are volatile, and transactions are READ COMMITTED. So each statement of a function sees what other
-- transactions have committed before that statement began. "Lock first, then look" therefore holds inside a function: the
-- statements after the lock see what the previous lock holder committed.
--
-- The running version calls these functions. A change of one is a new function in a new migration.
--
-- `plan_cache_mode`: every statement of these functions finds its rows by a key, so one plan suits all parameters. Without the
-- setting PostgreSQL plans those statements anew in each call whose plan it estimates to be cheaper with known parameters.

-- The lease: the right to run a conversation's turns until a time. Three columns of `conversations` hold the lease:
--
--     lease_until    null            released: no runner works on this conversation
--                    in the future   held: one runner works and renews the lease every second
--                    in the past     expired: the runner crashed, froze, or lost its network
--     lease_holder   the id of the claim that took the lease last
--     fence          a number; a runner may write only while its own fence equals this number
--
-- Only the database's clock counts. In PostgreSQL now() is the start of the transaction.

create function lease_is_held(conversation conversations) returns boolean language sql stable as $$
  select coalesce(conversation.lease_until > now(), false)
$$;

-- Released or expired: another runner may take the lease.
create function lease_is_free(conversation conversations) returns boolean language sql stable as $$
  select not lease_is_held(conversation)
$$;

-- True for a retry of the claim that holds the lease: the database client sends a claim again when its reply was lost.
create function lease_is_held_by(conversation conversations, claim uuid) returns boolean language sql stable as $$
  select conversation.lease_holder is not distinct from claim and lease_is_held(conversation)
$$;

-- A claim may take a free lease once, and a retry keeps the lease that the claim has taken. A retry that arrives after the
-- claim's turn has ended takes nothing.
create function lease_is_free_for(conversation conversations, claim uuid) returns boolean language sql stable as $$
  select lease_is_held_by(conversation, claim)
    or lease_is_free(conversation) and conversation.lease_holder is distinct from claim
$$;

-- When a lease ends that is taken or renewed in this transaction.
create function lease_end(seconds double precision) returns timestamptz language sql stable as $$
  select now() + make_interval(secs => seconds)
$$;

-- Ends the lease of a runner that may be frozen instead of dead. When that runner thaws, its fence is too low.
create function revoke_lease(conversation uuid) returns void language plpgsql as $$
begin
  update conversations set fence = fence + 1, lease_until = null where id = conversation;
end
$$;

-- First statement of every transaction that changes a conversation or its turns. Such transactions run one after the other.
-- The lock must be a separate statement, so that later statements see what the previous lock holder committed.
-- Returns the row, or nulls if the owner has no such conversation.
create function lock_conversation(conversation uuid, owner text) returns conversations language plpgsql as $$
declare
  locked conversations;
begin
  select * into locked from conversations
    where id = conversation and conversations.owner = lock_conversation.owner for update;
  return locked;
end
$$;

-- True if the conversation has a summary that the model may still read. A summary expires when a turn that it covers is
-- replaced by a turn that it does not cover.
create function summary_is_current(conversation conversations) returns boolean language plpgsql stable as $$
begin
  return conversation.summary_until is not null and not exists (
    select from turns as newer join turns as older on older.id = newer.replaces
    where newer.conversation_id = conversation.id
      and older.seq <= (select seq from turns where id = conversation.summary_until)
      and newer.seq > (select seq from turns where id = conversation.summary_until));
end
$$;

-- The hash tells a repeated request from another request with the same idempotency key. A turn without a key has no hash.
alter table turns alter column body_hash drop not null;

-- Stores a message as a queued turn, unless a bound refuses it. Requests with the same idempotency key get the same turn.
--
--     request 1   locks the owner ── counts ── inserts ── commits
--     request 2   waits for the lock ·····················│ counts what request 1 has committed
--
-- The requests of one owner run one after the other, so two requests never pass the same bound together. The lock of the owner
-- always comes before the lock of the conversation, and only accepts take both. So no two transactions wait for each other.
--
-- Returns {outcome, turn_id, conversation_id, status}. The outcome is accepted, replayed, key_reused, unknown or a refusal.
create function accept_turn(
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

-- Ends a turn when no runner is alive to end it. Keeps the text written so far. A trigger ends the tools that run or wait.
create function end_without_runner(turn uuid, status text, error jsonb) returns void language plpgsql as $$
begin
  update turns set
    status = end_without_runner.status, error = end_without_runner.error,
    result = coalesce(partial, ''), partial = null, finished_at = now()
  where id = turn;
end
$$;

-- Returns the ended turns that the stored thread does not hold, or holds only in part, before the turn `next_seq`: {id, message,
-- text, tools}, oldest first. The newest is whole; beyond 20 turns or 1 MB the oldest are left out.
create function unrecorded_turns(conversation conversations, newest_done bigint, next_seq bigint) returns json
language plpgsql stable as $$
declare
  last_recorded bigint;
begin
  -- Null if no turn has stored a thread yet, or if an earlier version has stored the thread.
  select seq - case when conversation.thread_is_complete then 0 else 1 end into last_recorded
    from turns where id = conversation.thread_turn;
  -- A done turn always stores its thread, also in an earlier version. To record a turn twice does no harm.
  last_recorded := greatest(last_recorded, newest_done);
  return (
    select coalesce(json_agg(json_build_object(
      'id', id, 'message', input, 'text', result, 'tools', tools) order by seq), '[]')
    from (
      select *, row_number() over newest_first as position,
        sum(octet_length(input) + octet_length(result) + octet_length(tools::text)) over newest_first as bytes
      from (
        select * from turns
        where conversation_id = conversation.id and seq > last_recorded and seq < next_seq and finished_at is not null
          and not exists (
            select from turns later where later.conversation_id = conversation.id and later.replaces = turns.id)
        order by seq desc limit 20
      ) as ended
      window newest_first as (order by seq desc)
    ) as ended
    where position = 1 or bytes <= 1024 * 1024);
end
$$;

-- Takes a conversation's lease if the lease is free, and starts the oldest open turn. A waiting turn starts when no person can
-- decide about its calls any more: each decision is made, or its time is over. It starts where its checkpoint ends.
--
--     runner A   claims: fence 7, until 12:00:15 ── freezes ······················· thaws, writes under fence 7: refused
--     runner B                                      12:00:16 claims: fence 8 ── writes under fence 8 ── ends the turn
--
-- The lock of the conversation comes first. An accept, a stop, an end or another claim of the same conversation runs before
-- all statements of this function or after all of them, never between two of them. It settles these races:
--
-- - Two runners claim at once. The first takes the lease; the second finds the lease held and starts nothing.
-- - The reply to a claim is lost, and the database client sends the claim again with the same claim id. The retry keeps the
--   lease that the claim has taken: same attempt, same fence. A retry that arrives after the turn has ended starts nothing.
-- - The runner of the turn is frozen, and the claim ends its turn. The runner thaws, and its late writes are refused, even if
--   no other turn is started.
--
-- `awaited` is the turn whose end the caller waits for, or null. If that turn has ended, the claim starts nothing.
-- `errors` has the error of a turn that had too many attempts, and one for each budget that can refuse.
-- Returns {outcome, turn}. The outcome is
--
--     claimed   the caller holds the lease and must run `turn`
--     busy      another runner holds the lease and runs `turn`
--     waiting   the oldest open turn is `turn`, about which a person must decide
--     refused   a budget could not cover the oldest open turn, which has ended as failed; `turn` is the awaited one
--     idle      nothing to run; `turn` is the awaited turn, which has ended, or the newest
--     empty     the conversation has no turns
--     unknown   the owner has no such conversation, or the conversation has no such turn
create function claim_turn(
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

-- Stores the result of a turn, settles the money of its attempt and releases the conversation. With `stores_thread` the thread
-- that this transaction stores ends with this turn. `assert_fence` comes first in the transaction, and this function last: it
-- takes the lock of the money. A repeated end finds the turn no longer running and changes nothing.
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

-- Down Migration

drop function end_turn(
  uuid, uuid, integer, text, text, json, json, text, json, json, uuid, uuid, bigint, boolean, json, boolean);
drop function claim_turn(
  uuid, text, uuid, uuid, double precision, integer, jsonb, bigint, bigint, bigint, bigint, bigint, bigint);
drop function unrecorded_turns(conversations, bigint, bigint);
drop function end_without_runner(uuid, text, jsonb);
drop function accept_turn(
  text, uuid, boolean, uuid, text, text, uuid, text, text, integer, integer, integer, bigint);
drop function summary_is_current(conversations);
drop function lock_conversation(uuid, text);
drop function revoke_lease(uuid);
drop function lease_end(double precision);
drop function lease_is_free_for(conversations, uuid);
drop function lease_is_held_by(conversations, uuid);
drop function lease_is_free(conversations);
drop function lease_is_held(conversations);
update turns set body_hash = '' where body_hash is null;
alter table turns alter column body_hash set not null;

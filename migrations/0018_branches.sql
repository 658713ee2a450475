-- Up Migration

-- The turns of a conversation form a tree: each names the turn that it follows. An edit, a regeneration and a retry are versions: turns
-- with the same parent. The conversation shows the branch from the start to its head. Nothing is copied and nothing is hidden by a
-- mark, so any turn may get a version, and any branch may be shown again.
--
--     1 ─┬─ 2 ─── 3 ─┬─ 4          the branch of the head 7 is 1, 5, 6, 7
--        │           └─ 8          2 and 5 are versions, and so are 4 and 8
--        └─ 5 ─── 6 ─── 7
--
-- Turns run in the order in which they were accepted, whatever their branches. A turn's parent was accepted before the turn, so it
-- has ended when the turn starts.
--
-- LangGraph's one thread is that of the turn that ran last. `thread_turn` names the turn that it ends with. If that is not the parent of
-- the turn that starts, the claim drops the thread and returns the last turns of the branch instead.

alter table turns
  -- The turn that this turn follows. Null: it begins the conversation, or a branch of its start. Needs no foreign key, like replaces.
  add column parent uuid,
  -- The texts of the message before it was changed in place, oldest first: [{text, until}].
  add column earlier_inputs jsonb,
  -- The attempts at the turn: [{attempt, at, lease_until_before}]. A lease that ended before `at` is that of a runner that died.
  add column claims jsonb;

alter table conversations
  -- The last turn of the shown branch. Null: the conversation has no turns.
  add column head uuid,
  -- As on the wire, without nulls.
  add column settings jsonb not null default '{}',
  -- A message that the stored thread holds was changed in place. The next turn that does not continue from the thread rebuilds it.
  add column thread_is_stale boolean not null default false;

alter table owner_settings
  add column instructions text not null default '',
  -- [{name, text}]
  add column prompts json not null default '[]';

-- For the versions of a turn, and for the newest leaf under a turn. A turn is in one of these indexes.
create index turns_of_parent on turns (parent, seq) where parent is not null;
create index turns_of_start on turns (conversation_id, seq) where parent is null;

-- A turn may be replaced several times. The index finds the versions of a version for the migration itself.
drop index turns_replaced_once;
create index turns_replacing on turns (replaces) where replaces is not null;

-- Only the newest turn could be replaced until now. So a turn that replaces none has followed the newest turn of its time, and
-- those that replace it, directly or not, are its versions.
with recursive version as (
  select id, conversation_id, seq as first_seq from turns where replaces is null
  union all
  select turns.id, turns.conversation_id, version.first_seq
  from version join turns on turns.replaces = version.id and turns.conversation_id = version.conversation_id
)
update turns set parent = (
  select before.id from turns as before
  where before.conversation_id = turns.conversation_id and before.seq < version.first_seq
  order by before.seq desc limit 1)
from version where version.id = turns.id;

update conversations set head = (
  select id from turns where conversation_id = conversations.id order by seq desc limit 1);

drop index turns_replacing;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent
from turns;

-- A turn that was changed in place takes the space of its earlier messages too.
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
    + octet_length(coalesce(turn.earlier_inputs::text, ''))
$$;

create trigger turns_count_stored_bytes_at_edit after update of earlier_inputs on turns
for each row when (old.earlier_inputs is distinct from new.earlier_inputs) execute function count_stored_bytes();

-- True if `earlier` is the turn or one of the turns before it in its branch. Each turn notes which summary its model has read; a
-- summary covers only turns of the branch, so the walk along a branch that has the summary takes a step or two.
create function turn_follows(turn uuid, earlier uuid) returns boolean language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  max_steps constant integer := 1000;
  lowest constant bigint := (select seq from turns where id = earlier);
  place turns;
  next uuid := turn;
begin
  for step in 1 .. max_steps loop
    exit when next is null;
    select id, seq, parent, summarised_until into place.id, place.seq, place.parent, place.summarised_until
      from turns where id = next;
    exit when place.id is null or lowest is null or place.seq < lowest;   -- a turn comes after its parent
    if place.id = earlier or place.summarised_until = earlier then
      return true;
    end if;
    next := place.parent;
  end loop;
  return false;
end
$$;

-- Returns the last turns of the branch that ends with `leaf`: {id, message, text, tools}, oldest first, without the turn `until` and those
-- before it. The newest is whole; beyond 200 turns or 1 MB the oldest are left out.
create function branch_turns(leaf uuid, until uuid) returns json language plpgsql stable
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
begin
  return (
    with recursive walk as (
      select 0 as position, leaf as next, null::uuid as id, 0::bigint as bytes
      union all
      select position + 1, turn.parent, turn.id, walk.bytes + turn.bytes
      from walk cross join lateral (
        select id, parent, octet_length(input) + octet_length(coalesce(result, '')) + octet_length(tools::text) as bytes
        from turns where turns.id = walk.next and turns.id is distinct from until
      ) turn
      where position < 200 and (position = 0 or walk.bytes + turn.bytes <= 1024 * 1024)
    )
    select coalesce(json_agg(json_build_object(
      'id', turns.id, 'message', input, 'text', coalesce(result, ''), 'tools', tools) order by position desc), '[]')
    from walk join turns on turns.id = walk.id);
end
$$;

-- Returns the claims of a turn with one more, at most the newest 50.
create function with_claim(claims jsonb, attempt integer, lease_until_before timestamptz) returns jsonb language sql stable as $$
  select case when jsonb_array_length(coalesce(claims, '[]')) < 50 then coalesce(claims, '[]') else claims - 0 end
    || jsonb_build_array(jsonb_build_object(
      'attempt', attempt,
      'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'lease_until_before', to_char(lease_until_before at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
$$;

drop function accept_turn(
  text, uuid, boolean, uuid, text, text, uuid, text, text, integer, integer, integer, bigint);
-- As migration 0011 says, and the new turn follows `after_turn` if `has_after`, which may be null; or the turn that `replaces` follows; or
-- else the head. The new turn is the head then. The new parameters have defaults, because the version that runs during the
-- deployment does not know them.
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

drop function claim_turn(
  uuid, text, uuid, uuid, double precision, integer, jsonb, bigint, bigint, bigint, bigint, bigint, bigint);
-- As migration 0011 says. `branch` has the turns with which the thread begins anew if the stored one does not end with the parent.
-- Then the conversation names no thread any more until the turn stores one, so that no later claim reads the stored one.
--
-- `worst_by_model` has {turn, call} for each model, what a turn and a call can cost: it replaces `turn_worst` and `call_worst` if it
-- has the conversation's model.
create function claim_turn(
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

drop function unrecorded_turns(conversations, bigint, bigint);
drop function summary_is_current(conversations);

-- Changes what is not null: title, settings (merged field by field, null returns to the default), the shown branch (the newest leaf
-- under the turn `shown`), and the message of the ended turn `edited`. Changes all of them or nothing.
--
-- Returns {outcome}: updated, unknown, turn_open, too_many_edits or storage_full.
create function update_conversation(
  owner text, conversation uuid, title text, settings jsonb, shown uuid,
  edited uuid, message text, message_title text, max_edits integer, max_stored_bytes bigint
) returns json language plpgsql
set plan_cache_mode = force_generic_plan set enable_bitmapscan = off as $$
declare
  max_earlier_bytes constant integer := 256 * 1024;
  locked conversations;
  ended turns;
  leaf uuid;
begin
  if edited is not null then
    perform pg_advisory_xact_lock(hashtextextended(owner, 0));   -- counts the owner's bytes, as accept_turn does
  end if;
  locked := lock_conversation(conversation, owner);
  if locked.id is null
    or shown is not null and conversation is distinct from (select conversation_id from turns where id = shown)
  then
    return json_build_object('outcome', 'unknown');
  end if;

  if edited is not null then
    select * into ended from turns where id = edited;
    if ended.conversation_id is distinct from conversation then
      return json_build_object('outcome', 'unknown');
    elsif ended.finished_at is null then
      return json_build_object('outcome', 'turn_open');
    elsif ended.input <> message then
      if jsonb_array_length(coalesce(ended.earlier_inputs, '[]')) >= max_edits
        or octet_length(coalesce(ended.earlier_inputs::text, '')) + octet_length(ended.input) > max_earlier_bytes
      then
        return json_build_object('outcome', 'too_many_edits');
      elsif max_stored_bytes < (
        select sum(stored_bytes) from conversations where conversations.owner = update_conversation.owner
      ) + 2 * octet_length(message) + octet_length(ended.input) then
        return json_build_object('outcome', 'storage_full');
      end if;
      update turns set
        input = message,
        earlier_inputs = coalesce(earlier_inputs, '[]') || jsonb_build_array(jsonb_build_object(
          'text', input, 'until', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      where id = edited;
      -- The model must read the new text: in the thread, and instead of a summary of the old text.
      update conversations set
        thread_is_stale = true,
        summary = case when is_covered then null else summary end,
        summary_until = case when is_covered then null else summary_until end,
        title = case when titled_by = edited then message_title else conversations.title end
      from (select coalesce(
        ended.seq <= (select seq from turns where id = locked.summary_until), false) as is_covered) as edit
      where id = conversation;
    end if;
  end if;

  if shown is not null then
    with recursive under as (
      select id, seq from turns where id = shown
      union all
      select turns.id, turns.seq from under join turns on turns.parent = under.id
    )
    select id into leaf from under order by seq desc limit 1;
  end if;
  -- `updated_at` stays, so the conversation keeps its position in the list.
  update conversations set
    title = coalesce(update_conversation.title, conversations.title),
    titled_by = case when update_conversation.title is null then titled_by end,
    settings = case when update_conversation.settings is null then conversations.settings
      else jsonb_strip_nulls(conversations.settings || update_conversation.settings) end,
    head = coalesce(leaf, head)
  where id = conversation;
  return json_build_object('outcome', 'updated');
end
$$;

-- Down Migration

drop function update_conversation(text, uuid, text, jsonb, uuid, uuid, text, text, integer, bigint);

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

drop function claim_turn(
  uuid, text, uuid, uuid, double precision, integer, jsonb, bigint, bigint, bigint, bigint, bigint, bigint, jsonb);
create function claim_turn(
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

drop function accept_turn(
  text, uuid, boolean, uuid, text, text, uuid, text, text, integer, integer, integer, bigint, boolean, uuid, jsonb);
create function accept_turn(
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

drop function with_claim(jsonb, integer, timestamptz);
drop function branch_turns(uuid, uuid);
drop function turn_follows(uuid, uuid);

-- A transcript hides a turn that another one replaces, and each turn can replace one. So the turns beside the shown branch replace
-- each other in their order, and the head replaces the last of them. A thread of another branch is deleted.
create temporary table shown_turns on commit drop as
  with recursive shown as (
    select turns.id, turns.parent, turns.conversation_id from conversations join turns on turns.id = head
    union all
    select turns.id, turns.parent, turns.conversation_id from shown join turns on turns.id = shown.parent
  )
  select id, conversation_id from shown;

update turns set replaces = null where replaces is not null;
update turns set replaces = hidden.before
from (
  select id, lag(id) over (partition by conversation_id order by seq) as before
  from turns where id not in (select id from shown_turns)
) as hidden
where turns.id = hidden.id and hidden.before is not null;
update turns set replaces = hidden.last
from conversations, (
  select distinct on (conversation_id) conversation_id, id as last
  from turns where id not in (select id from shown_turns)
  order by conversation_id, seq desc
) as hidden
where hidden.conversation_id = conversations.id and turns.id = conversations.head;

create temporary table other_threads on commit drop as
  select id::text as thread_id from conversations
  where thread_is_stale or thread_turn is null or thread_turn not in (select id from shown_turns);
delete from checkpoint_writes where thread_id in (select thread_id from other_threads);
delete from checkpoint_blobs where thread_id in (select thread_id from other_threads);
delete from checkpoints where thread_id in (select thread_id from other_threads);
update conversations set thread_turn = null, thread_is_complete = null
  where id::text in (select thread_id from other_threads);

create unique index turns_replaced_once on turns (conversation_id, replaces) where replaces is not null;

drop trigger turns_count_stored_bytes_at_edit on turns;
update conversations set stored_bytes = stored_bytes - edited.bytes
from (
  select conversation_id, sum(octet_length(earlier_inputs::text)) as bytes from turns
  where earlier_inputs is not null group by conversation_id
) as edited
where edited.conversation_id = conversations.id;
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0
      else 1024 * json_array_length(turn.tools) + octet_length(coalesce(turn.sources::text, ''))
        + octet_length(coalesce(turn.citations::text, '')) end
$$;

alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers
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

drop index turns_of_start;
drop index turns_of_parent;
alter table owner_settings drop column prompts, drop column instructions;
alter table conversations drop column thread_is_stale, drop column settings, drop column head;
alter table turns drop column claims, drop column earlier_inputs, drop column parent;

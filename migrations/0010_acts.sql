-- Up Migration

-- A turn waits until a person has decided about its tool calls, and continues from its checkpoint. A tool call with an effect
-- has a receipt, so that the effect never happens twice. docs/decisions/016-receipts-and-parking.md says why it is so.
--
--     running ── park_turn ─▶ waiting ── decide_call ─▶ queued ── claim ─▶ running ── claim_effect ─▶ effect ── settle

alter table turns
  drop constraint turns_status_check,
  drop constraint turns_check,
  add constraint turns_status_check
    check (status in ('queued', 'running', 'waiting', 'done', 'failed', 'stopped')),
  -- A turn keeps its text while it waits, and while it is queued again.
  add constraint turns_partial_check check (partial is null or finished_at is null),
  -- How often the turn has been parked.
  add column parkings integer not null default 0,
  -- Runners that have started the turn since its newest checkpoint or receipt. `attempts` counts all of them.
  add column tries integer not null default 0,
  -- What the person had seen at the newest checkpoint of the running turn; the next attempt begins with it. Null: the
  -- thread holds nothing of this turn.
  add column base_text text,
  add column base_tools json,
  add constraint turns_base_check check ((base_text is null) = (base_tools is null));

update turns set tries = attempts where finished_at is null;

-- A waiting turn is open: it counts, and it bars the queue.
drop index turns_open;
create index turns_open on turns (conversation_id, seq) where status in ('queued', 'running', 'waiting');
drop index turns_open_of_owner;
create index turns_open_of_owner on turns (owner) where status in ('queued', 'running', 'waiting');

alter table conversations
  -- The turn that the stored thread ends with, and whether that turn had ended then. Written only together with the thread.
  -- Null: the thread is older than these columns. Needs no foreign key, like replaces.
  add column thread_turn uuid,
  add column thread_is_complete boolean,
  add constraint conversations_thread_names_its_turn
    check ((thread_turn is null) = (thread_is_complete is null));

-- A person's decision about one tool call. Valid for exactly these arguments and this definition of the tool, once. The
-- arguments themselves are in the turn's tools.
create table approvals (
  -- The turn, the ordinal of its model call, and the index of the call in the answer: providers repeat their own ids.
  call_id           text primary key check (call_id ~ '^[0-9a-f-]{36}\.\d{1,3}\.\d{1,3}$'),
  turn_id           uuid not null references turns on delete cascade,
  conversation_id   uuid not null,
  tool              text not null,
  arguments_sha256  text not null,
  definition_sha256 text not null,
  -- void: the turn ended before the decision was used.
  state             text not null default 'open'
                    check (state in ('open', 'approved', 'denied', 'expired', 'void')),
  -- What the person told the model.
  note              text,
  -- {state, at} of the newest call with the same tool and arguments, as on the wire.
  before            json,
  asked_at          timestamptz(3) not null default now(),
  expires_at        timestamptz(3) not null,
  decided_at        timestamptz(3),
  used_at           timestamptz(3)
);

create index approvals_of_turn on approvals (turn_id);
create index approvals_open on approvals (conversation_id) where state = 'open';

-- The record of one tool call that has an effect: claimed before the effect, settled after it.
create table receipts (
  id               uuid primary key,
  call_id          text not null unique check (call_id ~ '^[0-9a-f-]{36}\.\d{1,3}\.\d{1,3}$'),
  turn_id          uuid not null references turns on delete cascade,
  conversation_id  uuid not null,
  owner            text not null,
  tool             text not null,
  arguments_sha256 text not null,
  -- unknown: the runner vanished between claim and settlement. Such a call never runs again.
  state            text not null default 'claimed' check (state in ('claimed', 'settled', 'unknown')),
  failed           boolean,
  output           text,
  claimed_at       timestamptz(3) not null default now(),
  settled_at       timestamptz(3),
  constraint receipts_settle_with_an_output
    check ((state = 'settled') = (settled_at is not null and failed is not null and output is not null))
);

create index receipts_of_turn on receipts (turn_id);
create index receipts_of_call on receipts (conversation_id, tool, arguments_sha256);

-- What the agent keeps for an owner across conversations.
create table notes (
  id              uuid primary key,
  owner           text not null,
  text            text not null,
  conversation_id uuid references conversations on delete set null,
  created_at      timestamptz(3) not null default now()
);

create index notes_newest_first on notes (owner, created_at desc, id desc);
create index notes_of_conversation on notes (conversation_id);

create table owner_settings (
  owner         text primary key,
  notes_enabled boolean not null default false
);

-- The decisions about a turn's calls. They stand beside the tools and not in them, because they change while the tools rest.
create function approvals_of_turn(turn uuid) returns json language sql stable as $$
  select json_agg(json_strip_nulls(json_build_object(
    'call_id', call_id,
    'arguments_sha256', arguments_sha256,
    'state', case when state = 'open' and expires_at <= now() then 'expired' else state end,
    'expires_at', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'note', note,
    'before', before)))
  from approvals where turn_id = turn
$$;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals
from turns;

-- True while a person may still decide about a call of the turn: until then the turn waits.
create function turn_awaits_decision(turn uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from approvals where turn_id = turn and state = 'open' and expires_at > now());
end
$$;

-- The stop was answered before this statement began, so nothing that it would prevent may begin any more.
create function refuse_after_stop(turn uuid) returns void language plpgsql as $$
begin
  perform from turns where id = turn and cancel_requested;
  if found then
    raise exception 'the person stopped this turn' using errcode = 'TL002';
  end if;
end
$$;

-- Notes that the thread which this transaction stores ends with this turn, which goes on. A later attempt continues here.
create function begin_at_checkpoint(turn uuid, shown_text text, shown_tools json) returns void language plpgsql as $$
begin
  update turns set tries = 0, base_text = shown_text, base_tools = shown_tools where id = turn;
  update conversations set thread_turn = turn, thread_is_complete = false
    where id = (select conversation_id from turns where turns.id = turn);
end
$$;

-- {state, at} of the newest call of the conversation with this tool and these arguments that had an effect or may have had one.
create function effect_before(conversation uuid, call text, tool text, arguments_sha256 text) returns json
language plpgsql stable as $$
begin
  return (
    select json_build_object(
      'state', case when state <> 'settled' then 'unknown' when failed then 'failed' else 'done' end,
      'at', to_char(coalesce(settled_at, claimed_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    from receipts
    where receipts.conversation_id = conversation and receipts.tool = effect_before.tool
      and receipts.arguments_sha256 = effect_before.arguments_sha256 and call_id <> call
    order by claimed_at desc limit 1);
end
$$;

-- Parks a running turn: it waits until a person has decided about these calls. Settles its money and releases the conversation.
-- The caller has asserted the fence. Changes nothing if it is sent again because its reply was lost, even if a person has decided
-- since.
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

-- Claims the effect of a call, immediately before the effect. The caller has asserted the fence. `verdict` is what the gate says
-- now; a call that it refuses is not claimed, and only its earlier receipt or decision counts. Returns {outcome}, which is
--
--     claimed   the caller runs the call, and settles this receipt
--     settled   the call has run before: {failed, output} is its result
--     unknown   an earlier runner has begun the call and vanished; it is never run again
--     denied    a person refused the call, with {note}
--     expired   nobody decided in time
--     ask       a person must decide first: nobody was asked, the call is not what was decided about, or a call with the
--               same tool and arguments had an effect before
create function claim_effect(
  receipt uuid, turn uuid, call text, tool text, arguments_sha256 text, definition_sha256 text, verdict text
) returns json language plpgsql as $$
declare
  earlier receipts;
  asked approvals;
  claiming turns;
begin
  select * into earlier from receipts where call_id = call;
  if found then
    -- The same request, sent again because its reply was lost.
    if earlier.id = receipt and earlier.state = 'claimed' then
      return json_build_object('outcome', 'claimed');
    end if;
    if earlier.state = 'claimed' then
      -- Unless its runner, which lost its lease, settles it at this moment.
      update receipts set state = 'unknown' where id = earlier.id and state = 'claimed';
      select * into earlier from receipts where call_id = call;
    end if;
    return json_build_object('outcome', earlier.state, 'failed', earlier.failed, 'output', earlier.output);
  end if;

  perform refuse_after_stop(turn);
  select * into claiming from turns where id = turn;
  if claiming.base_text is null then
    raise exception 'a receipt needs a checkpoint of its turn';
  end if;
  select * into asked from approvals where call_id = call;
  if found then
    -- What a person refused stays refused, also if its tool is gone meanwhile.
    if asked.state = 'denied' and verdict = 'refused' then
      return json_build_object('outcome', 'denied', 'note', asked.note);
    end if;
    if asked.arguments_sha256 <> claim_effect.arguments_sha256
      or asked.definition_sha256 <> claim_effect.definition_sha256
      or asked.tool <> claim_effect.tool
      or asked.used_at is not null
      or asked.state = 'open' and asked.expires_at > now()
      or asked.state = 'void'
      or asked.state = 'approved' and verdict = 'refused'
    then
      return json_build_object('outcome', 'ask');
    end if;
    if asked.state = 'denied' then
      return json_build_object('outcome', 'denied', 'note', asked.note);
    end if;
    if asked.expires_at <= now() or asked.state = 'expired' then
      update approvals set state = 'expired' where call_id = call;
      return json_build_object('outcome', 'expired');
    end if;
    update approvals set used_at = now() where call_id = call;
  elsif verdict <> 'effect' or effect_before(claiming.conversation_id, call, tool, arguments_sha256) is not null then
    return json_build_object('outcome', 'ask');
  end if;
  insert into receipts (id, call_id, turn_id, conversation_id, owner, tool, arguments_sha256)
    values (receipt, call, turn, claiming.conversation_id, claiming.owner, tool, arguments_sha256);
  -- Each call is claimed once, so a turn with several calls gets on with each claim, even if every runner dies.
  update turns set tries = 0 where id = turn;
  return json_build_object('outcome', 'claimed');
end
$$;

-- Stores a person's decision about one call. If no other call of the turn is undecided, the turn is queued again and its money
-- reserved; if a budget cannot cover it, nothing is decided. Without an owner every session may decide.
--
-- Locks the conversation, then the money, as a claim does. So a decision and a stop, a claim or another decision run one after
-- the other.
--
-- Returns {outcome}: decided, replayed (the same decision again), unknown (no such call), already_decided (otherwise), expired,
-- changed (other arguments, or the turn has ended), or refused with {refused_by, resets_at}.
create function decide_call(
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

-- Returns the JSON of a tool call of a turn that ends: no call runs or waits any more, and a call whose receipt is not settled
-- may have had its effect. The text is changed and not the JSON: only jsonb can be changed in place, and jsonb refuses \u0000.
-- lib/conversations/storable-tools.ts writes the keys of a call in this order.
create function closed_call(call text) returns json language plpgsql stable as $$
declare
  opening constant text := '^(\{"id":"(?:[^"\\]|\\.)*","name":"(?:[^"\\]|\\.)*","state":)';
  closed_id constant text := substring(call from '^\{"id":"([^"\\]*)"');
  receipt receipts;
  closed text;
begin
  select * into receipt from receipts where call_id = closed_id;
  if receipt.state in ('claimed', 'unknown') then
    return regexp_replace(call, opening || '"[a-z]+"', '\1"unknown"');
  end if;
  if call !~ (opening || '"(?:running|waiting)"') then
    return call;
  end if;
  closed := regexp_replace(call, opening || '"[a-z]+"', '\1"' || case
    when receipt.state = 'settled' and not receipt.failed then 'done'
    when exists (select from approvals where call_id = closed_id and state = 'denied') then 'denied'
    else 'failed' end || '"');
  if receipt.state = 'settled' then
    -- The runner vanished after it had settled the receipt, and before it had stored the call's output.
    closed := left(closed, -1) || ',"output":' || to_json(receipt.output) || '}';
  end if;
  return closed;
end
$$;

create function close_tools_of_ended_turn() returns trigger language plpgsql as $$
begin
  new.tools := coalesce((
    select json_agg(closed_call(call::text) order by position)
    from json_array_elements(new.tools) with ordinality as calls (call, position)), '[]');
  new.base_text := null;
  new.base_tools := null;
  return new;
end
$$;

-- A trigger, so that no statement which ends a turn can forget it.
create trigger turns_close_tools before update of status on turns
for each row when (
  old.finished_at is null and new.finished_at is not null and (new.tools::text <> '[]' or old.base_text is not null))
execute function close_tools_of_ended_turn();

create function end_acts_of_turn() returns trigger language plpgsql as $$
begin
  update approvals set state = 'void'
    where turn_id = old.id and (state = 'open' or state = 'approved' and used_at is null);
  update receipts set state = 'unknown' where turn_id = old.id and state = 'claimed';
  return null;
end
$$;

-- A turn has approvals and receipts only if it has had a checkpoint.
create trigger turns_end_acts after update of status on turns
for each row when (old.finished_at is null and new.finished_at is not null and old.base_text is not null)
execute function end_acts_of_turn();

-- False: reserved by the decision that queued the turn again. No runner has claimed the turn since, so nothing is spent.
alter table bookings add column has_begun boolean not null default true;

-- Settles an attempt whose runner can no longer say what it has spent. Since its last beat the running call may have ended
-- and one more call may have begun. An attempt that has not begun leaves nothing.
create or replace function settle_silent(booking bookings) returns void language plpgsql as $$
begin
  if booking.has_begun then
    perform settle_booking(
      booking.turn_id, booking.attempt,
      least(booking.reserved, booking.spent + booking.in_flight + booking.call_worst), true, null);
    return;
  end if;
  perform lock_money();
  delete from bookings
    where turn_id = booking.turn_id and attempt = booking.attempt and state = 'open' and not has_begun;
  if found then
    perform move_money(booking.owner, booking.day, 0, -booking.reserved);
  end if;
end
$$;

-- Besides its texts each tool call of a turn takes about 1 KB: in the tools, in an approval and in a receipt. The output in a
-- receipt is not counted: it takes the room of the thread's copy, which is counted for every turn although the thread is bounded.
create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
    + case when turn.result is null then 0 else 1024 * json_array_length(turn.tools) end
$$;

-- Down Migration

create or replace function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
$$;

drop trigger turns_end_acts on turns;
drop function end_acts_of_turn();

-- The earlier version knows no waiting turn, and of tools only that they run, are done or have failed.
update turns set
  status = 'failed', result = coalesce(partial, ''), partial = null, finished_at = now(),
  error = json_build_object(
    'type', 'internal_error', 'title', 'Internal error', 'status', 500,
    'detail', 'The answer failed. Send the message again.')
where status = 'waiting';
drop trigger turns_close_tools on turns;
drop function close_tools_of_ended_turn();
drop function closed_call(text);
update turns set partial = null where status = 'queued';
update turns set
  tools = replace(replace(
    tools::text, '"state":"denied"', '"state":"failed"'), '"state":"unknown"', '"state":"failed"')::json
where tools::text ~ '"state":"(denied|unknown)"';

create or replace function settle_silent(booking bookings) returns void language sql as $$
  select settle_booking(
    booking.turn_id, booking.attempt,
    least(booking.reserved, booking.spent + booking.in_flight + booking.call_worst), true, null)
$$;

alter table bookings drop column has_begun;
drop function decide_call(
  uuid, text, uuid, text, text, text, text, bigint, bigint, bigint, bigint, bigint, bigint);
drop function claim_effect(uuid, uuid, text, text, text, text, text);
drop function park_turn(uuid, integer, text, json, json, integer, bigint, boolean, json, json);
drop function effect_before(uuid, text, text, text);
drop function begin_at_checkpoint(uuid, text, json);
drop function refuse_after_stop(uuid);
drop function turn_awaits_decision(uuid);

-- PostgreSQL removes columns from a view only by dropping the view, and the grants go with it. So the grants are copied.
alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage
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
drop function approvals_of_turn(uuid);
drop table owner_settings;
drop table notes;
drop table receipts;
drop table approvals;
alter table conversations drop column thread_turn, drop column thread_is_complete;

drop index turns_open_of_owner;
create index turns_open_of_owner on turns (owner) where status in ('queued', 'running');
drop index turns_open;
create index turns_open on turns (conversation_id, seq) where status in ('queued', 'running');

alter table turns
  drop constraint turns_partial_check,
  drop constraint turns_status_check,
  drop column parkings, drop column tries, drop column base_text, drop column base_tools,
  add constraint turns_status_check
    check (status in ('queued', 'running', 'done', 'failed', 'stopped')),
  add constraint turns_check check (partial is null or status = 'running');

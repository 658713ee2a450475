-- Up Migration

alter table conversations
  -- Since when the conversation is pinned. Null: it is not.
  add column pinned_at timestamptz,
  -- An archived conversation is not pinned.
  add column archived boolean not null default false,
  -- The turn after which the model was asked for a title. Once in the life of a conversation, also if no title came of it.
  add column named_after uuid,
  add constraint conversations_archived_is_not_pinned check (not archived or pinned_at is null);

-- Tokens and price of the model call that named the conversation after this turn.
alter table turns add column title_usage json;

create or replace view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent, title_usage
from turns;

-- The list reads one part of an owner's conversations: as many entries as it shows, however many are in the other part.
-- It passes the pinned ones, of which there are at most 50.
drop index conversations_newest_first;
create index conversations_newest_first on conversations (owner, archived, updated_at);
create index conversations_pinned on conversations (owner, pinned_at) where pinned_at is not null;

-- Pins and archives a conversation, or not any more. Null changes nothing. The caller holds the locks of the owner, if it pins, and
-- of the conversation. Raises TL003 if the owner has pinned as many others as they may.
create function place_conversation(conversation uuid, pinned boolean, archived boolean, max_pinned integer)
returns json language plpgsql as $$
begin
  if pinned and max_pinned <= (
    select count(*) from conversations as others
    where others.owner = (select owner from conversations where id = conversation)
      and others.pinned_at is not null and others.id <> conversation)
  then
    raise exception 'too many pinned conversations' using errcode = 'TL003';
  end if;
  update conversations set
    pinned_at = case
      when pinned then coalesce(pinned_at, now())
      when not pinned or place_conversation.archived then null
      else pinned_at end,
    archived = coalesce(place_conversation.archived, conversations.archived and pinned is not true)
  where id = conversation;
  return json_build_object('outcome', 'updated');
end
$$;

-- -1 is the title that is written after the turn.
alter table bookings
  drop constraint bookings_attempt_check,
  add constraint bookings_attempt_check check (attempt >= -1);

-- Returns what is reserved for the model call that names the conversation of this turn, which has just ended: null if there must
-- be no such call. The caller holds the conversation's lock. A runner that dies after this leaves the conversation as it is, and its
-- booking is settled like that of any dead runner.
create function reserve_title(
  turn uuid, turn_cap bigint, call_worst bigint, site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint
) returns bigint language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  owner text;
  reserved bigint;
  refusal text;
begin
  update conversations set named_after = turn
    where id = (select conversation_id from turns where id = turn) and titled_by is not null and named_after is null
    returning conversations.owner into owner;
  if not found then return null; end if;
  select amount, refused_by into reserved, refusal
    from reserve_budget(turn, -1, owner, turn_cap, call_worst, call_worst, site_month_cap, site_day_cap, owner_day_cap);
  return case when refusal is null then reserved end;
end
$$;

-- Down Migration

drop function place_conversation(uuid, boolean, boolean, integer);
drop function reserve_title(uuid, bigint, bigint, bigint, bigint, bigint);
-- The budgets keep what the titles have cost.
select settle_silent(bookings) from bookings where attempt < 0 and state = 'open';
delete from bookings where attempt < 0;
alter table bookings
  drop constraint bookings_attempt_check,
  add constraint bookings_attempt_check check (attempt >= 0);
drop index conversations_pinned;
drop index conversations_newest_first;
create index conversations_newest_first on conversations (owner, updated_at);
-- PostgreSQL removes columns from a view only by dropping the view, and the grants go with it. So the grants are copied.
alter view turn_states rename to newer_turn_states;

create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at,
  replaces, remarks, history_from, summarised_until, summary_usage, parkings,
  case when parkings > 0 then approvals_of_turn(id) end as approvals,
  coalesce(sources, '[]') as sources, citations, unsourced_numbers, parent
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
alter table turns drop column title_usage;
alter table conversations
  drop constraint conversations_archived_is_not_pinned,
  drop column pinned_at, drop column archived, drop column named_after;

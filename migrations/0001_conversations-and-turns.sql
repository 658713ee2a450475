-- Up Migration

create table conversations (
  id          uuid primary key,
  owner       text not null,
  title       text not null check (char_length(title) between 1 and 200),
  -- Every claim raises the fence. Writes of a runner that holds a lower number are refused.
  fence       bigint not null default 0,
  -- Null: no runner works on this conversation. In the past: the runner crashed or froze.
  lease_until timestamptz,
  -- Milliseconds, as in JavaScript's Date, so that the list's cursor loses nothing.
  created_at  timestamptz(3) not null default now(),
  updated_at  timestamptz(3) not null default now()
);

create index conversations_newest_first on conversations (owner, updated_at desc, id desc);

create table turns (
  id               uuid primary key,
  conversation_id  uuid not null references conversations on delete cascade,
  seq              bigint not null generated always as identity,
  owner            text not null,
  idem_key         text,
  body_hash        text not null,
  input            text not null,
  status           text not null default 'queued'
                   check (status in ('queued', 'running', 'done', 'failed', 'stopped')),
  attempts         integer not null default 0 check (attempts >= 0),
  cancel_requested boolean not null default false,
  partial          text check (partial is null or status = 'running'),
  result           text,
  -- json, not jsonb: a tool's output may hold \u0000, which jsonb refuses. No query searches in this column.
  tools            json not null default '[]',
  error            json,
  usage            json,
  model            text,
  created_at       timestamptz(3) not null default now(),
  finished_at      timestamptz(3),
  unique (owner, idem_key),
  constraint turns_end_with_a_result check (
    (status in ('done', 'failed', 'stopped')) = (finished_at is not null)
    and (finished_at is null) = (result is null)
  )
);

create unique index turns_in_order on turns (conversation_id, seq);
create index turns_open on turns (conversation_id, seq) where status in ('queued', 'running');
create unique index turns_one_runs on turns (conversation_id) where status = 'running';

-- A turn as its owner may read it. The columns have the names of the wire.
create view turn_states as
select
  id as turn_id, conversation_id, owner, seq, status, attempts as attempt, input as message,
  partial, result, tools, error, usage, model,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as finished_at
from turns;

-- First statement of every transaction that writes to a thread. The function locks the conversation, so a
-- take-over waits until the writes are committed. It raises TL001 if a take-over came first.
create function assert_fence(conversation uuid, fence bigint) returns void language plpgsql as $$
begin
  perform from conversations
    where conversations.id = assert_fence.conversation
      and conversations.fence = assert_fence.fence
    for update;
  if not found then
    raise exception 'the lease of this conversation was lost' using errcode = 'TL001';
  end if;
end
$$;

-- Down Migration

drop function assert_fence(uuid, bigint);
drop view turn_states;
drop table turns;
drop table conversations;

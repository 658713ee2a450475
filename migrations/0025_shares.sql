-- Up Migration

-- Links that show a branch of a conversation as it was, to whoever has them. Nothing is copied: a share names the last turn of the
-- branch. A turn that has ended never changes, and a message that is changed in place keeps its earlier texts with their times.
create table shares (
  id              uuid primary key,
  -- In plain, so that the owner can copy the link again. Who reads this table reads the conversations beside it anyway.
  token           text not null unique,
  owner           text not null,
  conversation_id uuid not null references conversations on delete cascade,
  turn_id         uuid not null,
  title           text not null,
  -- Whether the calls of tools are shown with what went in and came out.
  with_tools      boolean not null,
  created_at      timestamptz(3) not null default now(),
  expires_at      timestamptz(3) not null
);

create index shares_of_owner on shares (owner, created_at desc, id desc);
create index shares_of_conversation on shares (conversation_id);

-- Returns the turns of a branch with their distance from its last turn, which is 1.
create function turns_of_branch(leaf uuid) returns table (id uuid, distance integer) language sql stable as $$
  with recursive walk as (
    select turns.id, 1 as distance, turns.parent from turns where turns.id = leaf
    union all
    select turns.id, walk.distance + 1, turns.parent from walk join turns on turns.id = walk.parent
  )
  select walk.id, walk.distance from walk
$$;

-- Returns the text of a message as it was at a time.
create function message_at(turn turns, at timestamptz) returns text language sql immutable as $$
  select coalesce(
    (select earlier ->> 'text'
      from jsonb_array_elements(turn.earlier_inputs) with ordinality as listed (earlier, position)
      where (earlier ->> 'until')::timestamptz > at order by position limit 1),
    turn.input)
$$;

-- Copies what a link shows into a new conversation of `owner`, within the owner's bounds. Sources and their marks stay behind, because
-- they name documents of somebody else. A request that is sent again finds its own conversation.
create function copy_share(
  token text, owner text, conversation uuid, max_conversations integer, max_stored_bytes bigint
) returns text language plpgsql as $$
declare
  share shares;
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if exists (select from conversations where id = conversation) then return 'copied'; end if;
  select * into share from shares where shares.token = copy_share.token and expires_at > now();
  if not found then return 'unknown'; end if;
  if max_conversations <= (select count(*) from conversations where conversations.owner = copy_share.owner) then
    return 'too_many_conversations';
  end if;
  if max_stored_bytes < (
    select coalesce(sum(stored_bytes), 0) from conversations where conversations.owner = copy_share.owner
  ) + (
    select sum(turn_bytes(turns)) from turns_of_branch(share.turn_id) as branch join turns on turns.id = branch.id
  ) then
    return 'storage_full';
  end if;

  insert into conversations (id, owner, title) values (conversation, copy_share.owner, share.title);
  with copied as materialized (
    select branch.distance, gen_random_uuid() as copy, branch.id from turns_of_branch(share.turn_id) as branch
  ), inserted as (
    insert into turns (id, conversation_id, owner, body_hash, input, status, attempts, result, tools, model, created_at, finished_at, parent)
    select copied.copy, conversation, copy_share.owner, turns.body_hash, message_at(turns, share.created_at),
      turns.status, turns.attempts, turns.result, case when share.with_tools then turns.tools else '[]' end,
      turns.model, turns.created_at, turns.finished_at, before.copy
    from copied join turns on turns.id = copied.id left join copied as before on before.distance = copied.distance + 1
    order by copied.distance desc
  )
  update conversations set head = (select copy from copied where distance = 1) where id = conversation;
  return 'copied';
end
$$;

-- Down Migration

drop function copy_share(text, text, uuid, integer, bigint);
drop function message_at(turns, timestamptz);
drop function turns_of_branch(uuid);
drop table shares;

-- Up Migration

-- Owners who have just deleted everything. A request that passed the check of its session before may arrive after the deletion. For a
-- minute, longer than any request takes, such a request begins no conversation.
create table deleted_owners (
  owner text primary key,
  at    timestamptz(3) not null default now()
);

-- Returns whether the owner has no conversation, and then remembers the owner as deleted. Whoever begins a conversation takes the same
-- lock first: either its conversation is found here, or it finds the owner there.
create function mark_deleted_owner(owner text) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if exists (select from conversations where conversations.owner = mark_deleted_owner.owner) then return false; end if;
  delete from deleted_owners where at < now() - interval '1 minute';
  insert into deleted_owners (owner) values (mark_deleted_owner.owner)
    on conflict on constraint deleted_owners_pkey do update set at = now();
  return true;
end
$$;

-- Raises OD001 if the owner has just deleted everything. The functions know no such code and return a 503 with Retry-After, and the
-- repeated request meets the ended session.
create function refuse_deleted_owner() returns trigger language plpgsql as $$
begin
  if exists (select from deleted_owners where owner = new.owner and at > now() - interval '1 minute') then
    raise exception 'the owner of this conversation has deleted everything' using errcode = 'OD001';
  end if;
  return new;
end
$$;

create trigger conversations_refuse_deleted_owner before insert on conversations
for each row execute function refuse_deleted_owner();

-- Down Migration

drop trigger conversations_refuse_deleted_owner on conversations;
drop function refuse_deleted_owner();
drop function mark_deleted_owner(text);
drop table deleted_owners;

-- Up Migration

-- Refuses each kind of row that an owner may add, and not conversations alone, for a minute after the owner has deleted everything.
-- The lock is the deletion's own. A transaction that adds a row takes it shared and keeps it to its end: either the deletion waits and
-- finds the row, or the row waits and finds the deletion. Nobody who holds it waits for another lock of the same owner.
create or replace function refuse_deleted_owner() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('deletion ' || new.owner, 0));
  if exists (select from deleted_owners where owner = new.owner and at > now() - interval '1 minute') then
    raise exception 'the owner of this row has deleted everything' using errcode = 'OD001';
  end if;
  return new;
end
$$;

create or replace function mark_deleted_owner(owner text) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('deletion ' || owner, 0));
  if exists (select from conversations where conversations.owner = mark_deleted_owner.owner) then return false; end if;
  delete from deleted_owners where at < now() - interval '1 minute';
  insert into deleted_owners (owner) values (mark_deleted_owner.owner)
    on conflict on constraint deleted_owners_pkey do update set at = now();
  return true;
end
$$;

create trigger owner_settings_refuse_deleted_owner before insert on owner_settings
for each row execute function refuse_deleted_owner();
create trigger notes_refuse_deleted_owner before insert on notes
for each row execute function refuse_deleted_owner();
create trigger api_keys_refuse_deleted_owner before insert on api_keys
for each row execute function refuse_deleted_owner();
-- A document for everyone stays when its owner goes, so a late one stays, too.
create trigger documents_refuse_deleted_owner before insert on documents
for each row when (new.scope = 'own') execute function refuse_deleted_owner();

-- Down Migration

drop trigger documents_refuse_deleted_owner on documents;
drop trigger api_keys_refuse_deleted_owner on api_keys;
drop trigger notes_refuse_deleted_owner on notes;
drop trigger owner_settings_refuse_deleted_owner on owner_settings;

create or replace function mark_deleted_owner(owner text) returns boolean language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(owner, 0));
  if exists (select from conversations where conversations.owner = mark_deleted_owner.owner) then return false; end if;
  delete from deleted_owners where at < now() - interval '1 minute';
  insert into deleted_owners (owner) values (mark_deleted_owner.owner)
    on conflict on constraint deleted_owners_pkey do update set at = now();
  return true;
end
$$;

create or replace function refuse_deleted_owner() returns trigger language plpgsql as $$
begin
  if exists (select from deleted_owners where owner = new.owner and at > now() - interval '1 minute') then
    raise exception 'the owner of this conversation has deleted everything' using errcode = 'OD001';
  end if;
  return new;
end
$$;

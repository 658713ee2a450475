-- Up Migration

-- For counting an owner's open turns without reading the ended turns.
create index turns_open_of_owner on turns (owner) where status in ('queued', 'running');

-- Bytes that the conversation's turns take in the database: the sum of turn_bytes.
alter table conversations add column stored_bytes bigint not null default 0;

-- Rows, indexes and keys of one turn take about 1 KB. The texts are stored twice: in the turn and in LangGraph's thread.
create function turn_bytes(turn turns) returns bigint language sql immutable as $$
  select 1024 + 2 * (
    octet_length(turn.input) + octet_length(coalesce(turn.result, ''))
    + case when turn.result is null then 0 else octet_length(turn.tools::text) end)::bigint
$$;

update conversations set stored_bytes = coalesce(
  (select sum(turn_bytes(turns)) from turns where conversation_id = conversations.id), 0);

-- A trigger counts, for two reasons. Five statements begin or end turns. And during a deployment the previous version
-- still runs, which does not know the column. All five statements have locked the conversation already.
create function count_stored_bytes() returns trigger language plpgsql as $$
begin
  update conversations
  set stored_bytes = stored_bytes + turn_bytes(new)
    - case when tg_op = 'UPDATE' then turn_bytes(old) else 0 end
  where id = new.conversation_id;
  return null;
end
$$;

create trigger turns_count_stored_bytes_at_begin after insert on turns
for each row execute function count_stored_bytes();

create trigger turns_count_stored_bytes_at_end after update of result on turns
for each row when (old.result is distinct from new.result) execute function count_stored_bytes();

-- Down Migration

drop trigger turns_count_stored_bytes_at_end on turns;
drop trigger turns_count_stored_bytes_at_begin on turns;
drop function count_stored_bytes();
drop function turn_bytes(turns);
alter table conversations drop column stored_bytes;
drop index turns_open_of_owner;

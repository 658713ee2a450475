-- Up Migration

-- What people give to the agent. A document has versions, each from one file. Docs: docs/documents.md.
--
--     create_document ─▶ uploading ── begin_ingestion ─▶ reading ── finish_ingestion ─▶ ready
--                            │                             │  ▲
--                            │ no file within an hour      ▼  │ a person retries
--                            └─▶ removed                  failed
--
-- Locks, in this order: conversation, document, version, `lock_document_quota`, `lock_money`.
create table documents (
  id              uuid primary key,
  -- site: everyone who signs in may read, replace and delete the document. own: only its owner.
  scope           text not null check (scope in ('site', 'own')),
  -- Who has added the document.
  owner           text not null,
  -- Only the turns of this conversation find the document. No foreign key: a trigger deletes the document with the conversation.
  conversation_id uuid,
  -- The version that is searched: the newest one that was ever ready.
  current_version uuid,
  created_at      timestamptz(3) not null default now(),
  -- A tombstone: nobody sees the document any more. Its objects go next, then its rows.
  deleted_at      timestamptz(3),
  constraint documents_of_a_conversation_are_own check (conversation_id is null or scope = 'own')
);

create index documents_newest_first on documents (created_at, id) where deleted_at is null;
create index documents_of_owner on documents (owner, created_at) where deleted_at is null;
create index documents_of_conversation on documents (conversation_id) where conversation_id is not null;
create index documents_deleted on documents (deleted_at) where deleted_at is not null;

create table document_versions (
  id                uuid primary key,
  document_id       uuid not null references documents on delete cascade,
  number            integer not null check (number > 0),
  -- Who has added the version, and pays for reading it.
  owner             text not null,
  name              text not null,
  format            text not null,
  media_type        text not null,
  bytes             bigint not null check (bytes > 0),
  sha256            bytea not null check (octet_length(sha256) = 32),
  state             text not null default 'uploading' check (state in ('uploading', 'reading', 'ready', 'failed')),
  -- A sentence for people.
  problem           text,
  notes             text[] not null default '{}',
  title             text,
  -- The name of a text search configuration.
  language          text,
  pages             integer,
  chunks            integer,
  -- Each ingestion takes the next number. Writes of an ingestion with a lower number are refused.
  ingest            integer not null default 0,
  -- Ingestions that have begun since the last one that ended.
  tries             integer not null default 0,
  began_at          timestamptz(3),
  -- Null: the version has no vectors.
  embedding_model   text,
  -- Whether the search has rows of the version. An older version loses them when a newer one becomes ready.
  is_indexed        boolean not null default false,
  cost_microdollars bigint not null default 0,
  created_at        timestamptz(3) not null default now(),
  ready_at          timestamptz(3),
  unique (document_id, number),
  constraint document_versions_fail_with_a_problem check ((state = 'failed') = (problem is not null)),
  constraint document_versions_are_ready_when_read check (
    (state = 'ready') = (ready_at is not null and language is not null and pages is not null and chunks is not null))
);

create index document_versions_unfinished on document_versions (created_at) where state in ('uploading', 'reading');
create index document_versions_indexed on document_versions (document_id) where is_indexed;
create index document_versions_by_bytes on document_versions (sha256);

alter table documents
  -- Deferred, because a document and its version are deleted by one statement.
  add constraint documents_current_version_fkey foreign key (current_version) references document_versions
    on delete set null deferrable initially deferred;

-- A document's text: its parts, with two line breaks between them. All places are counted in UTF-16 units, as JavaScript does.
-- A part of more than 65,536 units is stored in several rows, which follow each other without a gap and without line breaks
-- between them.
create table document_parts (
  version_id uuid not null references document_versions on delete cascade,
  -- Where the row's text begins in the document's text.
  start      integer not null check (start >= 0),
  -- Counts from 1. The rows of one part have the same number.
  number     integer not null check (number > 0),
  kind       text not null check (kind in ('page', 'slide', 'sheet', 'section')),
  label      text,
  text       text not null,
  primary key (version_id, start)
);

create index document_parts_by_number on document_parts (version_id, number);

-- The passages that are searched. The rows of a version never change.
create table document_chunks (
  id           bigint generated always as identity primary key,
  version_id   uuid not null references document_versions on delete cascade,
  -- Counts from 0.
  ordinal      integer not null check (ordinal >= 0),
  text         text not null,
  heading_path text[] not null,
  -- The number of the part in which the chunk begins.
  part         integer not null,
  start_unit   integer not null,
  end_unit     integer not null check (end_unit >= start_unit),
  unique (version_id, ordinal)
);

-- Whether an owner may see, replace and delete a document.
create function owner_sees(document documents, owner text) returns boolean language sql stable as $$
  select document.deleted_at is null and (document.scope = 'site' or document.owner = owner_sees.owner)
$$;

-- The versions in which the turns of an owner's conversation find passages: the current version of each document that belongs
-- to the site, to the owner everywhere, or to the owner in this conversation. Without a conversation: without the last ones.
create function searchable_versions(owner text, conversation uuid) returns setof document_versions language sql stable as $$
  select document_versions.* from documents
  join document_versions on document_versions.id = documents.current_version
  where owner_sees(documents, searchable_versions.owner)
    and (documents.conversation_id is null or documents.conversation_id = conversation)
$$;

-- What a client reads about a version. The keys have the names of the wire.
create function document_json(document documents, version document_versions, reader text) returns json language sql stable as $$
  select json_build_object(
    'id', document.id, 'scope', document.scope, 'conversation_id', document.conversation_id, 'name', version.name,
    'title', version.title, 'format', version.format, 'bytes', version.bytes, 'pages', version.pages,
    'language', version.language, 'state', version.state, 'problem', version.problem, 'notes', version.notes,
    'is_mine', document.owner = reader, 'version_id', version.id, 'version', version.number,
    'versions', (select count(*) from document_versions where document_id = document.id),
    'searched_version_id', document.current_version,
    'created_at', to_char(document.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'ready_at', to_char(version.ready_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
$$;

create function newest_version(document documents) returns document_versions language sql stable as $$
  select * from document_versions where document_id = document.id order by number desc limit 1
$$;

-- What the documents of a scope take, without abandoned uploads. An owner's own documents, or with null those of the site.
create function document_usage(own_of text, out bytes_used bigint, out count_used bigint) language sql stable as $$
  select coalesce(sum(bytes), 0), count(distinct documents.id)
  from documents join document_versions on document_versions.document_id = documents.id
  where deleted_at is null
    and (state <> 'uploading' or document_versions.created_at > now() - interval '1 hour')
    and case when own_of is null then scope = 'site' else scope = 'own' and documents.owner = own_of end
$$;

-- Two requests at once never pass a quota together.
create function lock_document_quota(scope text, owner text) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('documents ' || scope || case when scope = 'own' then ' ' || owner else '' end, 0))
$$;

-- The quota that more bytes and documents would pass: 'bytes', 'count' or null. The caller holds the quota's lock.
-- `caps` has {own: {bytes, count}, site: {bytes, count}}.
create function passed_quota(scope text, owner text, more_bytes bigint, more_documents integer, caps jsonb)
returns text language sql stable as $$
  select case
    when bytes_used + more_bytes > (caps #>> array[scope, 'bytes'])::bigint then 'bytes'
    when count_used + more_documents > (caps #>> array[scope, 'count'])::bigint then 'count'
  end
  from document_usage(case when scope = 'own' then owner end)
$$;

-- Creates a document with its first version, or the next version of the document `replaced`. Returns {outcome, document}:
-- created; same: the scope has these bytes already, and S3 has verified them; unknown: no such document to replace;
-- unknown_conversation; bytes, count: the quota is full. The same ids create once.
create function create_document(
  new_document uuid, new_version uuid, adder text, new_scope text, conversation uuid, replaced uuid,
  file_name text, file_format text, file_media_type text, file_bytes bigint, file_sha256 bytea, caps jsonb
) returns json language plpgsql as $$
declare
  target documents;
  version document_versions;
  refusal text;
begin
  if replaced is not null then
    select * into target from documents where id = replaced and owner_sees(documents, adder) for update;
    if not found then return json_build_object('outcome', 'unknown'); end if;
  else
    if conversation is not null then
      perform from conversations where id = conversation and owner = adder for key share;
      if not found then return json_build_object('outcome', 'unknown_conversation'); end if;
    end if;
    target.id := new_document;
    target.scope := new_scope;
    target.owner := adder;
  end if;
  perform lock_document_quota(target.scope, target.owner);

  select * into version from document_versions where id = new_version;
  if not found then
    if replaced is not null then
      version := newest_version(target);
      if version.sha256 <> file_sha256 or version.bytes <> file_bytes or version.state not in ('reading', 'ready') then
        version := null;
      end if;
    else
      select document_versions.* into version
      from documents cross join lateral newest_version(documents) as document_versions
      where documents.id in (select document_id from document_versions where sha256 = file_sha256)
        and owner_sees(documents, adder) and scope = new_scope
        and (documents.conversation_id is null or documents.conversation_id = conversation)
        and sha256 = file_sha256 and bytes = file_bytes and state in ('reading', 'ready')
      order by documents.created_at limit 1;
    end if;
    if version.id is not null then
      select * into target from documents where id = version.document_id;
      return json_build_object('outcome', 'same', 'document', document_json(target, version, adder));
    end if;

    refusal := passed_quota(
      target.scope, target.owner, file_bytes, case when replaced is null then 1 else 0 end, caps);
    if refusal is not null then return json_build_object('outcome', refusal); end if;
    if replaced is null then
      insert into documents (id, scope, owner, conversation_id) values (new_document, new_scope, adder, conversation);
    end if;
    insert into document_versions (id, document_id, number, owner, name, format, media_type, bytes, sha256)
    values (
      new_version, target.id,
      1 + coalesce((select max(number) from document_versions where document_id = target.id), 0),
      adder, file_name, file_format, file_media_type, file_bytes, file_sha256)
    returning * into version;
  end if;
  select * into target from documents where id = version.document_id;
  return json_build_object('outcome', 'created', 'document', document_json(target, version, adder));
end
$$;

-- Changes what is not null. Returns {outcome, document}: changed; unknown; unknown_conversation; not_yours: only who has added
-- a document to the site may take it back; attached: the site cannot see a document of a conversation; format: the new name
-- promises another format; bytes, count: the quota is full. `retry` lets a failed version be read again; `reads` says whether
-- a new ingestion has to begin.
create function update_document(
  document uuid, changer text, new_name text, new_format text, new_scope text,
  sets_conversation boolean, conversation uuid, retry boolean, caps jsonb
) returns json language plpgsql as $$
declare
  target documents;
  version document_versions;
  refusal text;
  reads boolean := false;
begin
  if conversation is not null then
    perform from conversations where id = conversation and owner = changer for key share;
    if not found then return json_build_object('outcome', 'unknown_conversation'); end if;
  end if;
  select * into target from documents where id = document and owner_sees(documents, changer) for update;
  if not found then return json_build_object('outcome', 'unknown'); end if;
  if coalesce(new_scope, target.scope) = 'site' and conversation is not null then
    return json_build_object('outcome', 'attached');
  end if;
  version := newest_version(target);
  if new_format is not null and exists (
    select from document_versions where id in (version.id, target.current_version) and format <> new_format)
  then
    return json_build_object('outcome', 'format');
  end if;
  if new_scope is not null and new_scope <> target.scope then
    if target.owner <> changer then return json_build_object('outcome', 'not_yours'); end if;
    perform lock_document_quota(new_scope, changer);
    refusal := passed_quota(
      new_scope, changer, (select sum(bytes)::bigint from document_versions where document_id = document), 1, caps);
    if refusal is not null then return json_build_object('outcome', refusal); end if;
  end if;

  update documents set
    scope = coalesce(new_scope, scope),
    conversation_id = case
      when coalesce(new_scope, scope) = 'site' then null
      when sets_conversation then conversation
      else conversation_id end
  where id = document returning * into target;
  update document_versions set name = coalesce(new_name, name) where id in (version.id, target.current_version);
  if retry then
    update document_versions set state = 'reading', problem = null, tries = 0
      where id = version.id and state = 'failed';
    -- Also if it was sent again, because its reply was lost or its event was not accepted.
    select state = 'reading' and tries = 0 into reads from document_versions where id = version.id;
  end if;
  select * into version from document_versions where id = version.id;
  return json_build_object('outcome', 'changed', 'reads', reads, 'document', document_json(target, version, changer));
end
$$;

-- A document that is attached to a conversation goes with it.
create function delete_documents_of_conversation() returns trigger language plpgsql as $$
begin
  update documents set deleted_at = now() where conversation_id = old.id and deleted_at is null;
  return null;
end
$$;

create trigger conversations_delete_documents after delete on conversations
for each row execute function delete_documents_of_conversation();

-- Deletes the rows of a document with a tombstone: a bounded number of chunks, and all the rest after the last of them.
-- Returns whether everything is deleted. The objects must be deleted already.
create function delete_document_rows(document uuid, max_chunks integer) returns boolean language plpgsql as $$
declare
  deleted integer;
begin
  perform from documents where id = document and deleted_at is not null for update;
  if not found then return true; end if;
  delete from document_chunks where id in (
    select document_chunks.id from document_chunks
    join document_versions on document_versions.id = version_id
    where document_id = document limit max_chunks);
  get diagnostics deleted = row_count;
  if deleted = max_chunks then return false; end if;
  delete from documents where id = document;
  return true;
end
$$;

-- First statement of every transaction of an ingestion. Locks the document and its version, so that a deletion and a later
-- ingestion wait until the writes are committed. Raises TL002 if one of them came first.
create function assert_ingestion(version uuid, ingest integer) returns void language plpgsql as $$
begin
  perform from documents
    where id = (select document_id from document_versions where id = version) and deleted_at is null for update;
  if found then
    perform from document_versions where id = version and document_versions.ingest = assert_ingestion.ingest for update;
  end if;
  if not found then
    raise exception 'a later ingestion or a deletion came first' using errcode = 'TL002';
  end if;
end
$$;

-- What an ingestion costs is booked like the attempts of a turn: its time under the number 2 * ingest - 1, its vectors under
-- 2 * ingest. It is not a turn.
alter table bookings add column is_document boolean not null default false;

-- Reserves the money of one step of an ingestion, once. If the ingestion is killed, the step counts with all of it. Returns the budget that cannot cover it and when that budget's next
-- period begins, or two nulls. `caps` has {site_month, site_day, owner_day}; a budget without a cap covers everything.
create function reserve_ingestion(
  version uuid, step integer, worst bigint, caps jsonb, out refused_by text, out resets_at timestamptz
) language plpgsql as $$
declare
  unlimited constant bigint := 9007199254740991;
begin
  select reserved.refused_by, reserved.resets_at into refused_by, resets_at
  from document_versions cross join lateral reserve_budget(
    version, step, document_versions.owner, unlimited, worst, worst, coalesce((caps ->> 'site_month')::bigint, unlimited),
    coalesce((caps ->> 'site_day')::bigint, unlimited), coalesce((caps ->> 'owner_day')::bigint, unlimited)) as reserved
  where document_versions.id = version;
  update bookings set is_document = true where turn_id = version and attempt = step and not is_document;
end
$$;

-- Books what one step of an ingestion has cost, whether or not its money was reserved. Books it once.
create function book_ingestion(version uuid, step integer, spent bigint, usage json) returns void language plpgsql as $$
begin
  perform reserve_ingestion(version, step, spent, '{}');
  if exists (select from bookings where turn_id = version and attempt = step and state <> 'settled') then
    perform settle_booking(version, step, spent, false, usage);
    update document_versions set cost_microdollars = cost_microdollars + spent where id = version;
  end if;
end
$$;

-- A deleted version's ingestion may never end. A trigger, as for turns: no statement which deletes can forget it.
create function settle_deleted_version() returns trigger language plpgsql as $$
begin
  perform settle_turn(old.id);
  return null;
end
$$;

create trigger document_versions_settle_at_deletion after delete on document_versions
for each row execute function settle_deleted_version();

-- Begins an ingestion of a version, and returns {outcome, …}:
--
--   gone       no such version, or its document is deleted and `versions` are left of it
--   done       nothing to do
--   exhausted  too many ingestions have begun and not ended
--   refused    a budget is used up
--   read       the file has to be read
--   embed      the chunks of a ready version need vectors of this model
--
-- `is_uploaded`: S3 says that it has the file. `model` is null if vectors are off.
create function begin_ingestion(
  document uuid, version uuid, is_uploaded boolean, model text, max_tries integer, time_worst bigint, caps jsonb
) returns json language plpgsql as $$
declare
  target documents;
  begun document_versions;
  outcome text;
  refusal text;
begin
  select * into target from documents
    where id = (select document_id from document_versions where id = version) for update;
  if not found or target.deleted_at is not null or target.id <> coalesce(document, target.id) then
    return json_build_object(
      'outcome', 'gone',
      'versions', array(
        select id from document_versions where document_id = target.id and target.deleted_at is not null));
  end if;
  select * into begun from document_versions where id = version for update;
  outcome := case
    when begun.state in ('uploading', 'reading') then 'read'
    when begun.state = 'ready' and version = target.current_version and model is not null
      and begun.embedding_model is distinct from model then 'embed'
    else 'done' end;
  if outcome = 'done' then return json_build_object('outcome', outcome); end if;

  update document_versions set
    state = case when state = 'uploading' and is_uploaded then 'reading' else state end,
    ingest = ingest + 1, tries = tries + case outcome when 'read' then 1 else 0 end, began_at = now()
  where id = version returning * into begun;
  if outcome = 'read' and begun.tries > max_tries then
    outcome := 'exhausted';
  else
    select refused_by into refusal from reserve_ingestion(version, 2 * begun.ingest - 1, time_worst, caps);
    if refusal is not null then
      outcome := case outcome when 'read' then 'refused' else 'done' end;
    end if;
  end if;
  return json_build_object(
    'outcome', outcome, 'documentId', target.id, 'versionId', begun.id, 'ingest', begun.ingest, 'tries', begun.tries,
    'state', begun.state, 'name', begun.name, 'format', begun.format, 'bytes', begun.bytes,
    'sha256', encode(begun.sha256, 'hex'), 'refusedBy', refusal);
end
$$;

-- Down Migration

drop function begin_ingestion(uuid, uuid, boolean, text, integer, bigint, jsonb);
drop trigger document_versions_settle_at_deletion on document_versions;
drop function settle_deleted_version();
drop function book_ingestion(uuid, integer, bigint, json);
drop function reserve_ingestion(uuid, integer, bigint, jsonb);
alter table bookings drop column is_document;
drop function assert_ingestion(uuid, integer);
drop function delete_document_rows(uuid, integer);
drop trigger conversations_delete_documents on conversations;
drop function delete_documents_of_conversation();
drop function update_document(uuid, text, text, text, text, boolean, uuid, boolean, jsonb);
drop function create_document(uuid, uuid, text, text, uuid, uuid, text, text, text, bigint, bytea, jsonb);
drop function passed_quota(text, text, bigint, integer, jsonb);
drop function lock_document_quota(text, text);
drop function document_usage(text);
drop function newest_version(documents);
drop function document_json(documents, document_versions, text);
drop function searchable_versions(text, uuid);
drop function owner_sees(documents, text);
drop table document_chunks;
drop table document_parts;
alter table documents drop constraint documents_current_version_fkey;
drop table document_versions;
drop table documents;

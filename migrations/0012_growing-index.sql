-- Up Migration

-- Each turn moves a conversation to the top of its owner's list. In ascending order the new entry comes after all others of the
-- owner, and PostgreSQL then splits a full page at the new entry instead of in the middle: half the pages. The list reads the
-- index backwards, and sorts conversations of the same millisecond by id.
drop index conversations_newest_first;
create index conversations_newest_first on conversations (owner, updated_at);

-- Down Migration

drop index conversations_newest_first;
create index conversations_newest_first on conversations (owner, updated_at desc, id desc);

-- Up Migration

-- Expiry jumps from owner to owner in conversations_newest_first. This index got a new entry with each change of a conversation.
drop index conversations_idle;

-- Down Migration

create index conversations_idle on conversations (updated_at);

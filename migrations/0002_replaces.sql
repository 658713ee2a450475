-- Up Migration

-- The turn whose place this one takes: edited, regenerated or tried again. A replaced turn is in no
-- transcript any more. No foreign key: turns go with their conversation and in no other way.
alter table turns add column replaces uuid;

create unique index turns_replaced_once on turns (conversation_id, replaces) where replaces is not null;

-- Down Migration

drop index turns_replaced_once;
alter table turns drop column replaces;

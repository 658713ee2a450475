-- Up Migration

-- The turn that this turn replaces: an edit, a regeneration or a retry. No transcript shows a replaced turn.
-- Needs no foreign key: a turn is deleted only together with its conversation.
alter table turns add column replaces uuid;

create unique index turns_replaced_once on turns (conversation_id, replaces) where replaces is not null;

-- Down Migration

drop index turns_replaced_once;
alter table turns drop column replaces;

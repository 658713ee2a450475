-- Up Migration

-- Once a day the oldest are looked for, whoever owns them: of 100,000 in 1 ms a batch instead of 35.
create index conversations_idle on conversations (updated_at);

-- Down Migration

drop index conversations_idle;

-- Up Migration

-- For reports over a period, which read all owners' turns. A block index has a few kilobytes and costs an insert next to nothing;
-- turns and bookings lie in the table in the order of time.
create index turns_by_time on turns using brin (created_at) with (pages_per_range = 16, autosummarize = on);
create index bookings_by_day on bookings using brin (day) with (pages_per_range = 16, autosummarize = on);

-- Down Migration

drop index bookings_by_day;
drop index turns_by_time;

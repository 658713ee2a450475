-- Up Migration

-- The claim that took the lease, by the id that it chose: when its reply is lost and it comes again, it is known.
alter table conversations add column lease_holder uuid;

-- Down Migration

alter table conversations drop column lease_holder;

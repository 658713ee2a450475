-- Up Migration

-- The id of the claim that took the lease. A claim that is sent again, because its reply was lost, keeps its lease.
alter table conversations add column lease_holder uuid;

-- Down Migration

alter table conversations drop column lease_holder;

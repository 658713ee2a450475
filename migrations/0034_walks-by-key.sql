-- Up Migration

-- A walk along a branch finds each next turn by its key. Until PostgreSQL has analyzed a table, or while the table is small, it may
-- else compare all turns with each step. With these joins off only the walk from key to key is left.
alter function turns_of_branch(uuid) set enable_hashjoin = off set enable_mergejoin = off;
alter function update_conversation(text, uuid, text, jsonb, uuid, uuid, text, text, integer, bigint)
  set enable_hashjoin = off set enable_mergejoin = off;

-- Down Migration

alter function update_conversation(text, uuid, text, jsonb, uuid, uuid, text, text, integer, bigint)
  reset enable_hashjoin reset enable_mergejoin;
alter function turns_of_branch(uuid) reset enable_hashjoin reset enable_mergejoin;

import type { Statement } from "#lib/platform/postgres.ts";

/**
 * Returns a statement that keeps a thread's newest checkpoint of each namespace and deletes the rest, which no claim reads.
 *
 * The newest checkpoint is the checkpoint that this transaction wrote. The highest id decides only if the transaction wrote
 * none: ids come from the runners' clocks, and a clock may be behind the clock of the previous runner.
 */
export function pruneThread(conversationId: string): Statement {
  return {
    text: `
      with kept as (
        select distinct on (checkpoint_ns) checkpoint_ns, checkpoint_id, checkpoint
        from checkpoints where thread_id = $1
        order by checkpoint_ns, (xmin = pg_current_xact_id()::xid) desc, checkpoint_id desc
      ), no_writes as (
        delete from checkpoint_writes old where thread_id = $1 and not exists (
          select from kept
          where kept.checkpoint_ns = old.checkpoint_ns and kept.checkpoint_id = old.checkpoint_id)
      ), no_blobs as (
        delete from checkpoint_blobs old where thread_id = $1 and not exists (
          select from kept
          where kept.checkpoint_ns = old.checkpoint_ns
            and kept.checkpoint -> 'channel_versions' ->> old.channel = old.version)
      )
      delete from checkpoints old where thread_id = $1 and not exists (
        select from kept
        where kept.checkpoint_ns = old.checkpoint_ns and kept.checkpoint_id = old.checkpoint_id)`,
    params: [conversationId],
  };
}

import type { ChannelVersions } from "@langchain/langgraph-checkpoint";
import type { Statement } from "#lib/platform/postgres.ts";

/**
 * Returns a statement that deletes a thread's checkpoints, and the blobs that the new checkpoint does not share. Runs before the
 * statements that store the new checkpoint: reading a full page lets PostgreSQL remove the rows that earlier turns deleted
 * from it, and the new rows take their space.
 * @param kept the channels of the new checkpoint with their versions
 */
export function pruneThread(conversationId: string, kept: ChannelVersions): Statement {
  return {
    text: `
      with no_writes as (
        delete from checkpoint_writes where thread_id = $1
      ), no_blobs as (
        delete from checkpoint_blobs where thread_id = $1
          and (checkpoint_ns <> '' or $2::jsonb ->> channel is distinct from version)
      )
      delete from checkpoints where thread_id = $1`,
    params: [conversationId, JSON.stringify(kept)],
  };
}

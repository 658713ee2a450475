import type { CheckpointTuple } from "@langchain/langgraph-checkpoint";
import { bytesOf, type Segments } from "./message-segments.ts";

/** A thread that this instance has stored. */
export interface KeptThread {
  /** Its id names the stored thread, because no checkpoint changes after its transaction. Later turns share its messages. */
  tuple: CheckpointTuple;
  segments: Segments;
}

/** The threads that this instance stored last, by conversation. The database decides whether a kept thread is the newest. */
export interface ThreadCache {
  find(conversationId: string): KeptThread | undefined;
  keep(conversationId: string, thread: KeptThread): void;
}

/**
 * A message takes about five times its stored bytes in memory (an estimate), so the cache takes about 40 MB of an instance's 1,024 MB.
 * The largest threads (48,000 tokens in short messages) store 0.5 MB each.
 */
const maxKeptBytes = 8 * 1024 * 1024;

export function createThreadCache(maxBytes = maxKeptBytes): ThreadCache {
  /** The thread that was kept or found last comes last. */
  const threads = new Map<string, KeptThread>();
  let bytes = 0;

  function remove(conversationId: string): void {
    const thread = threads.get(conversationId);
    if (thread) bytes -= bytesOf(thread.segments);
    threads.delete(conversationId);
  }

  function keep(conversationId: string, thread: KeptThread): void {
    remove(conversationId);
    threads.set(conversationId, thread);
    bytes += bytesOf(thread.segments);
    for (const oldest of threads.keys()) {
      if (bytes <= maxBytes) break;
      remove(oldest);
    }
  }

  return {
    find(conversationId) {
      const thread = threads.get(conversationId);
      if (thread) keep(conversationId, thread);
      return thread;
    },
    keep,
  };
}

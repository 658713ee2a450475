import type { RunnableConfig } from "@langchain/core/runnables";
import {
  type BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointTuple,
  copyCheckpoint,
} from "@langchain/langgraph-checkpoint";
import {
  type Database,
  DatabaseUnavailable,
  type Row,
  SqlError,
  type Statement,
} from "#lib/platform/postgres.ts";
import {
  newSegments,
  noSegments,
  type Segments,
  segmentMessages,
  splitCheckpoint,
} from "./message-segments.ts";
import { pruneThread } from "./prune-thread.ts";
import { createThreadCache, type KeptThread } from "./thread-cache.ts";
import { configAfterPut, parentOf, ThreadSaver } from "./thread-saver.ts";

/**
 * A conversation's thread while one turn runs. The claim has read the thread; the end of the turn stores it, and so does each
 * checkpoint in mid-turn. In between the graph sends no database request. LangGraph's thread id is the conversation's id.
 */
export interface TurnThread {
  /** Returns the thread as the claim read it, or as the graph put it last. */
  readonly checkpointer: BaseCheckpointSaver;
  /** Drops what is not stored and ignores later writes of the graph. Only `updateState` may write from now on. */
  discard(): void;
  /**
   * Returns the statements that store the thread as the graph put it last, and the statement that deletes older checkpoints.
   * Returns none if the thread is stored already. Without `markStored` the next statements store the same again.
   */
  writes(): Statement[];
  /** The newest statements of `writes` are committed. Keeps the thread in memory for the next turn on this instance. */
  markStored(): void;
  /** The error if the stored thread could not be read, so that the thread starts empty. Undefined otherwise. */
  readonly unreadable: unknown;
}

/** One read of a conversation's thread in the transaction of a claim. */
export interface ThreadRead {
  statement: Statement;
  /** @param rows what the statement returned */
  open(rows: Row[]): TurnThread;
}

/** The threads of a database, as one instance of a function reads them. */
export interface Threads {
  /** Prepares the read of a conversation's thread. Sends nothing. */
  read(conversationId: string): ThreadRead;
}

/**
 * Returns the threads of a database. The instance keeps the threads that it stored last. If a claim finds that the kept
 * checkpoint is still the newest, it reads no messages, and the turn goes on with the messages in memory.
 */
export function createThreads(database: Database): Threads {
  const cache = createThreadCache();
  return {
    read(conversationId) {
      const kept = cache.find(conversationId);
      const saver = new TurnSaver(database, kept);
      return {
        statement: saver.newestCheckpoint(conversationId, kept?.tuple.checkpoint.id),
        open(rows) {
          saver.claimedRow = rows[0];
          return {
            checkpointer: saver,
            discard: () => saver.discard(),
            writes() {
              return saver.takeStatements();
            },
            markStored() {
              const stored = saver.markStored();
              if (stored) cache.keep(conversationId, stored);
            },
            get unreadable() {
              return saver.unreadable;
            },
          };
        },
      };
    },
  };
}

/** A checkpoint that the graph has put, and its statements. */
interface PutCheckpoint {
  tuple: CheckpointTuple;
  segments: Segments;
  /** The channels that the database does not hold yet. */
  versions: ChannelVersions;
  statements: Statement[];
}

class TurnSaver extends ThreadSaver {
  unreadable: unknown;
  /** What the claim has read. */
  claimedRow: Row | undefined;
  private readonly kept: KeptThread | undefined;
  /** The newest checkpoint, if it is not stored. */
  private unstored: PutCheckpoint | undefined;
  /** The checkpoint whose statements were taken last. */
  private taken: PutCheckpoint | undefined;
  /** The newest checkpoint that this turn has stored. */
  private stored: KeptThread | undefined;
  private isDiscarded = false;

  constructor(database: Database, kept: KeptThread | undefined) {
    super(database);
    this.kept = kept;
  }

  discard(): void {
    this.unstored = undefined;
    this.isDiscarded = true;
  }

  takeStatements(): Statement[] {
    this.taken = this.unstored;
    // Until `markStored` it is unknown which segments the database has.
    if (this.taken) this.loaded = noSegments;
    return this.unstored?.statements ?? [];
  }

  /** Returns the checkpoint that is stored now, unless the statements taken last had none. */
  markStored(): KeptThread | undefined {
    const { taken } = this;
    if (taken === undefined) return undefined;
    if (this.unstored === taken) this.unstored = undefined;
    this.loaded = taken.segments;
    this.stored = { tuple: taken.tuple, segments: taken.segments };
    return this.stored;
  }

  /**
   * A checkpoint can be unreadable: it is damaged, or a newer library wrote it. An error here would block the conversation
   * for ever. So the thread starts empty: the model forgets, and the transcript still shows every turn.
   */
  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    try {
      return await this.readTuple(config);
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof SqlError) throw error;
      this.unreadable = error;
      return undefined;
    }
  }

  private async readTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { checkpoint_id, checkpoint_ns = "" } = config.configurable ?? {};
    if (checkpoint_id || checkpoint_ns !== "") return super.getTuple(config);
    const newest = this.unstored ?? this.stored;
    if (newest) return copyTuple(newest.tuple);
    const { claimedRow, kept } = this;
    if (claimedRow === undefined) return undefined;
    if (kept && kept.tuple.checkpoint.id === claimedRow.checkpoint_id) {
      this.loaded = kept.segments;
      return copyTuple(kept.tuple);
    }
    return this.loadTuple(config.configurable?.thread_id, claimedRow);
  }

  /**
   * Keeps the newest checkpoint only. Its statements hold every channel that is not stored, also those that an earlier
   * checkpoint of this turn has changed.
   *
   * An aborted graph still puts a checkpoint of its half turn, even after the caller has caught the AbortError. LangGraph
   * marks that checkpoint with the source "loop" or "input", and a checkpoint of `updateState` with the source "update".
   */
  override async put(
    ...[config, checkpoint, metadata, newVersions]: Parameters<ThreadSaver["put"]>
  ): Promise<RunnableConfig> {
    const versions = { ...this.unstored?.versions, ...newVersions };
    const segments = segmentMessages(checkpoint, this.loaded);
    const split = splitCheckpoint(checkpoint, segments);
    const statements = [
      pruneThread(config.configurable?.thread_id, split.channel_versions),
      ...(await this.dumpCheckpoint(config, split, metadata, {
        ...versions,
        ...newSegments(segments),
      })),
    ];
    const stored = configAfterPut(config, checkpoint);
    if (this.isDiscarded && metadata.source !== "update") return stored;
    const tuple = {
      ...{ config: stored, metadata, pendingWrites: [], ...parentOf(config) },
      checkpoint: withStoredChannels(checkpoint),
    };
    this.unstored = { tuple, segments, versions, statements };
    return stored;
  }

  /** Ignores the results of single steps. A run that does not end leaves no checkpoint that they could belong to. */
  protected override async write(): Promise<void> {}
}

/** LangGraph may change the checkpoint that it is given, but never a message in it. */
const copyTuple = (tuple: CheckpointTuple): CheckpointTuple => ({
  ...tuple,
  checkpoint: copyCheckpoint(tuple.checkpoint),
});

/** Returns the checkpoint as a claim reads it: a channel that was never written has no version and is not stored. */
function withStoredChannels(checkpoint: Checkpoint): Checkpoint {
  const { channel_values, channel_versions } = checkpoint;
  const stored = Object.entries(channel_values).filter(([name]) => name in channel_versions);
  return { ...checkpoint, channel_values: Object.fromEntries(stored) };
}

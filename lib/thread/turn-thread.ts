import type { RunnableConfig } from "@langchain/core/runnables";
import type {
  BaseCheckpointSaver,
  ChannelVersions,
  Checkpoint,
  CheckpointTuple,
} from "@langchain/langgraph-checkpoint";
import {
  type Database,
  DatabaseUnavailable,
  type Row,
  SqlError,
  type Statement,
} from "#lib/platform/postgres.ts";
import { pruneThread } from "./prune-thread.ts";
import { configAfterPut, ThreadSaver } from "./thread-saver.ts";

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
   * Without `markStored` the next statements store the same again.
   */
  writes(): Statement[];
  /** The newest statements of `writes` are committed. */
  markStored(): void;
  /** The error if the stored thread could not be read, so that the thread starts empty. Undefined otherwise. */
  readonly unreadable: unknown;
}

/** Returns the statement that reads a conversation's thread in the transaction of a claim. Sends nothing. */
export function readThread(database: Database, conversationId: string): Statement {
  return new TurnSaver(database, []).newestCheckpoint(conversationId);
}

/** @param rows the result of the statement from `readThread` in the claim's transaction */
export function openThread(database: Database, conversationId: string, rows: Row[]): TurnThread {
  const checkpointer = new TurnSaver(database, rows);
  return {
    checkpointer,
    discard: () => checkpointer.discard(),
    writes: () => [...checkpointer.takeStatements(), pruneThread(conversationId)],
    markStored: () => checkpointer.markStored(),
    get unreadable() {
      return checkpointer.unreadable;
    },
  };
}

/** A checkpoint that the graph has put, and its statements. */
interface PutCheckpoint {
  tuple: CheckpointTuple;
  /** The channels that the database does not hold yet. */
  versions: ChannelVersions;
  statements: Statement[];
}

class TurnSaver extends ThreadSaver {
  unreadable: unknown;
  private readonly claimedRows: Row[];
  /** The newest checkpoint, if it is not stored. */
  private unstored: PutCheckpoint | undefined;
  /** The checkpoint whose statements were taken last. */
  private taken: PutCheckpoint | undefined;
  /** The newest checkpoint that this turn has stored. */
  private stored: CheckpointTuple | undefined;
  private isDiscarded = false;

  constructor(database: Database, claimedRows: Row[]) {
    super(database);
    this.claimedRows = claimedRows;
  }

  discard(): void {
    this.unstored = undefined;
    this.isDiscarded = true;
  }

  takeStatements(): Statement[] {
    this.taken = this.unstored;
    return this.unstored?.statements ?? [];
  }

  markStored(): void {
    this.stored = this.taken?.tuple ?? this.stored;
    if (this.unstored === this.taken) this.unstored = undefined;
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
    const newest = this.unstored?.tuple ?? this.stored;
    if (newest) return newest;
    const [row] = this.claimedRows;
    return row && this.loadTuple(row);
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
    const statements = await this.dumpCheckpoint(config, checkpoint, metadata, versions);
    const stored = configAfterPut(config, checkpoint);
    if (this.isDiscarded && metadata.source !== "update") return stored;
    const tuple = {
      ...{ config: stored, metadata, parentConfig: config, pendingWrites: [] },
      checkpoint: withStoredChannels(checkpoint),
    };
    this.unstored = { tuple, versions, statements };
    return stored;
  }

  /** Ignores the results of single steps. A run that does not end leaves no checkpoint that they could belong to. */
  protected override async write(): Promise<void> {}
}

/** Returns the checkpoint as a claim reads it: a channel that was never written has no version and is not stored. */
function withStoredChannels(checkpoint: Checkpoint): Checkpoint {
  const { channel_values, channel_versions } = checkpoint;
  const stored = Object.entries(channel_values).filter(([name]) => name in channel_versions);
  return { ...checkpoint, channel_values: Object.fromEntries(stored) };
}

import type { RunnableConfig } from "@langchain/core/runnables";
import type {
  BaseCheckpointSaver,
  CheckpointMetadata,
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
import { ThreadSaver } from "./thread-saver.ts";

/**
 * A conversation's thread while one turn runs. The claim has read the thread; the end of the turn stores it. In between the
 * graph sends no database request. LangGraph's thread id is the conversation's id.
 */
export interface TurnThread {
  /** Returns the thread as the claim read it, and collects the statements of every write. */
  readonly checkpointer: BaseCheckpointSaver;
  /** Drops the collected writes and ignores later writes of the graph. Only `updateState` may write from now on. */
  discard(): void;
  /** Returns the collected statements, and the statement that deletes older checkpoints. Later writes are not stored. */
  writes(): Statement[];
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
    writes: () => [...checkpointer.collected, pruneThread(conversationId)],
    get unreadable() {
      return checkpointer.unreadable;
    },
  };
}

class TurnSaver extends ThreadSaver {
  collected: Statement[] = [];
  unreadable: unknown;
  private readonly claimedRows: Row[];
  private isDiscarded = false;

  constructor(database: Database, claimedRows: Row[]) {
    super(database);
    this.claimedRows = claimedRows;
  }

  discard(): void {
    this.collected = [];
    this.isDiscarded = true;
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
    const [row] = this.claimedRows;
    return row && this.loadTuple(row);
  }

  /**
   * An aborted graph still puts a checkpoint of its half turn, even after the caller has caught the AbortError. LangGraph
   * marks that checkpoint with the source "loop" or "input", and a checkpoint of `updateState` with the source "update".
   */
  protected override async write(
    statements: Statement[],
    source?: CheckpointMetadata["source"],
  ): Promise<void> {
    if (this.isDiscarded && source !== "update") return;
    this.collected.push(...statements);
  }
}

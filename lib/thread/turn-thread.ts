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

/** A conversation's thread while one turn runs. LangGraph's thread id is the conversation's id. */
export interface TurnThread {
  /** Reads the thread as the claim found it, and keeps every write. */
  readonly checkpointer: BaseCheckpointSaver;
  /** Drops what the graph wrote and still writes. From now on only `updateState` writes. */
  discard(): void;
  /** Returns the statements that store the thread, with the older checkpoints removed. Later writes are lost. */
  writes(): Statement[];
  /** Why the thread could not be read and begins anew; undefined if it could. */
  readonly unreadable: unknown;
}

/** Returns the statement with which a claim reads a conversation's thread. Sends nothing. */
export function readThread(database: Database, conversationId: string): Statement {
  return new TurnSaver(database, []).newestCheckpoint(conversationId);
}

/** @param rows what the statement of `readThread` returned in the claim's transaction */
export function openThread(database: Database, conversationId: string, rows: Row[]): TurnThread {
  const checkpointer = new TurnSaver(database, rows);
  return {
    checkpointer,
    discard: () => checkpointer.discard(),
    writes: () => [...checkpointer.written, pruneThread(conversationId)],
    get unreadable() {
      return checkpointer.unreadable;
    },
  };
}

class TurnSaver extends ThreadSaver {
  written: Statement[] = [];
  unreadable: unknown;
  private readonly claimed: Row[];
  private isDiscarded = false;

  constructor(database: Database, claimed: Row[]) {
    super(database);
    this.claimed = claimed;
  }

  discard(): void {
    this.written = [];
    this.isDiscarded = true;
  }

  /**
   * A checkpoint may be unreadable, through damage or because a newer library wrote it. It would block its
   * conversation for ever. So the thread begins anew: the model forgets, the transcript does not.
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
    const [row] = this.claimed;
    return row && this.loadTuple(row);
  }

  /**
   * An aborted graph still puts its half turn, even after the caller has seen the AbortError. LangGraph calls the source
   * of that checkpoint "loop" or "input", and "update" that of an `updateState`.
   */
  protected override async write(
    statements: Statement[],
    source?: CheckpointMetadata["source"],
  ): Promise<void> {
    if (this.isDiscarded && source !== "update") return;
    this.written.push(...statements);
  }
}

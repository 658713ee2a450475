import { isDeepStrictEqual } from "node:util";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import {
  type Database,
  DatabaseUnavailable,
  type Row,
  SqlError,
  type Statement,
} from "#lib/platform/postgres.ts";
import { ForkSafePostgresSaver } from "./fork-safe-saver.ts";
import { createSaverPool } from "./saver-pool.ts";

/** A conversation's thread while one turn runs. LangGraph's thread id is the conversation's id. */
export interface TurnThread {
  /** Reads see the thread as it was claimed; writes are kept. */
  readonly checkpointer: BaseCheckpointSaver;
  /** Forgets what the graph wrote, and whatever it still writes. From now on `updateState` alone counts. */
  discard(): void;
  /** What was written until now. What comes later goes nowhere. */
  writes(): Statement[];
  /** Why the thread could not be read and begins anew; undefined for one that could. */
  readonly unreadable: unknown;
}

type Read = (statement: Statement) => Promise<Row[]>;

/** The statement with which the saver reads a thread's newest checkpoint. Nothing is sent. */
export async function readStatement(conversationId: string): Promise<Statement> {
  const asked: Statement[] = [];
  const { pool } = keepWrites(async (statement) => {
    asked.push(statement);
    return [];
  });
  const config = { configurable: { thread_id: conversationId } };
  await new ForkSafePostgresSaver(pool).getTuple(config);
  const [statement] = asked;
  if (statement === undefined) throw new Error("PostgresSaver.getTuple did not ask the database.");
  return statement;
}

export function openThread(
  database: Database,
  claimed: { statement: Statement; rows: Row[] },
): TurnThread {
  const read: Read = async (statement) => {
    if (!isDeepStrictEqual(statement, claimed.statement)) return database.query(statement);
    return structuredClone(claimed.rows); // the saver changes rows of old threads in place
  };
  let kept = keepWrites(read);
  const checkpointer = new TurnSaver(kept.pool);
  return {
    checkpointer,
    discard() {
      kept = keepWrites(read);
      checkpointer.recorder = new ForkSafePostgresSaver(kept.pool);
    },
    writes: () => [...kept.written],
    get unreadable() {
      return checkpointer.unreadable;
    },
  };
}

/**
 * A checkpoint that cannot be read, after damage or by a newer library, would hold up its conversation for ever. The
 * thread begins anew: the model forgets, the transcript does not.
 *
 * An aborted graph still puts its half turn, even after the caller has seen the AbortError; LangGraph
 * calls the source of that checkpoint "loop" or "input", and "update" that of an `updateState`.
 */
class TurnSaver extends ForkSafePostgresSaver {
  /** Set once the graph's own writes are discarded. */
  recorder: ForkSafePostgresSaver | undefined;
  unreadable: unknown;

  override async getTuple(...config: Parameters<ForkSafePostgresSaver["getTuple"]>) {
    try {
      return await super.getTuple(...config);
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof SqlError) throw error;
      this.unreadable = error;
      return undefined;
    }
  }

  override put(...checkpoint: Parameters<ForkSafePostgresSaver["put"]>) {
    const [, , { source }] = checkpoint;
    if (this.recorder && source === "update") return this.recorder.put(...checkpoint);
    return super.put(...checkpoint);
  }
}

function keepWrites(read: Read) {
  const written: Statement[] = [];
  const pool = createSaverPool({
    read,
    async commit(statements) {
      written.push(...statements);
    },
  });
  return { pool, written };
}

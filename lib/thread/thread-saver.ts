import { randomUUID } from "node:crypto";
import type { RunnableConfig } from "@langchain/core/runnables";
import type {
  ChannelVersions,
  Checkpoint,
  CheckpointMetadata,
  CheckpointTuple,
  PendingWrite,
} from "@langchain/langgraph-checkpoint";
import { WRITES_IDX_MAP } from "@langchain/langgraph-checkpoint";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type { Database, Row, Statement } from "#lib/platform/postgres.ts";
import { joinCheckpoint, noSegments, type Segments } from "./message-segments.ts";
import { MessageSerializer } from "./message-serializer.ts";

/** The SQL of the stock saver. The field is private in TypeScript; the conformance suite fails if the field goes away. */
type SaverStatements = Record<
  | "SELECT_SQL"
  | "UPSERT_CHECKPOINT_BLOBS_SQL"
  | "UPSERT_CHECKPOINTS_SQL"
  | "UPSERT_CHECKPOINT_WRITES_SQL"
  | "INSERT_CHECKPOINT_WRITES_SQL"
  | "DELETE_CHECKPOINTS_SQL"
  | "DELETE_CHECKPOINT_BLOBS_SQL"
  | "DELETE_CHECKPOINT_WRITES_SQL",
  string
>;

/**
 * LangGraph's PostgresSaver without connections. Each read is one HTTP request. Each write passes its statements to `write`,
 * and the subclass sends or collects them. The SQL and the stored format are those of the stock saver.
 *
 * Version numbers of channels are unique. The stock saver counts 1, 2, 3 and inserts with ON CONFLICT DO NOTHING, so two
 * branches from one checkpoint write the same version, and the second write is lost (langgraphjs #1812).
 */
export abstract class ThreadSaver extends PostgresSaver {
  /** The segments of the checkpoint that was loaded last. */
  protected loaded: Segments = noSegments;

  constructor(database: Database) {
    const pool = {
      query: async (text: string, params: unknown[] = []) => ({
        rows: await database.query({ text, params }),
      }),
    };
    // The stock saver uses nothing but `pool.query` for reads.
    super(
      pool as unknown as ConstructorParameters<typeof PostgresSaver>[0],
      new MessageSerializer(),
    );
  }

  /** Receives the statements of one write. They must commit together. */
  protected abstract write(statements: Statement[]): Promise<void>;

  /**
   * Returns the statement that reads a thread's newest checkpoint. If that is the checkpoint `knownId`, the row has only the
   * id. Sends nothing.
   *
   * The bytes come as JSON, because Neon's driver parses an array of `bytea` character by character: 40 ms for a thread of
   * 30,000 tokens.
   */
  newestCheckpoint(threadId: string, knownId?: string): Statement {
    return {
      text: `
        select newest.checkpoint_id, stored.checkpoint, stored.parent_checkpoint_id, stored.metadata,
          to_json(stored.channel_values) as channel_values,
          to_json(stored.pending_writes) as pending_writes
        from (
          select checkpoint_id from checkpoints
          where thread_id = $1 and checkpoint_ns = '' order by checkpoint_id desc limit 1
        ) as newest
        left join lateral (
          ${this.statements.SELECT_SQL}
          where thread_id = $1 and checkpoint_ns = '' and checkpoint_id = newest.checkpoint_id
            and newest.checkpoint_id is distinct from $2
        ) as stored on true`,
      params: [threadId, knownId],
    };
  }

  /** Returns the checkpoint in a whole row that the statement of `newestCheckpoint` returned. */
  protected async loadTuple(thread_id: string, row: Row): Promise<CheckpointTuple> {
    const { checkpoint_id, parent_checkpoint_id } = row;
    const configOf = (id: unknown) => ({
      configurable: { thread_id, checkpoint_ns: "", checkpoint_id: id },
    });
    return {
      config: configOf(checkpoint_id),
      checkpoint: await this._loadCheckpoint(
        row.checkpoint as Checkpoint,
        toBytes<Parameters<PostgresSaver["_loadCheckpoint"]>[1]>(row.channel_values),
      ),
      metadata: await this._loadMetadata(row.metadata as Record<string, unknown>),
      ...(parent_checkpoint_id ? { parentConfig: configOf(parent_checkpoint_id) } : {}),
      pendingWrites: await this._loadWrites(
        toBytes<Parameters<PostgresSaver["_loadWrites"]>[0]>(row.pending_writes),
      ),
    };
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    await this.write(await this.dumpCheckpoint(config, checkpoint, metadata, newVersions));
    return configAfterPut(config, checkpoint);
  }

  /** Returns the statements that store a checkpoint, with the channels in `newVersions`. */
  protected async dumpCheckpoint(
    ...[config, checkpoint, metadata, newVersions]: Parameters<ThreadSaver["put"]>
  ): Promise<Statement[]> {
    const { thread_id, checkpoint_ns = "", checkpoint_id } = config.configurable ?? {};
    const { channel_values } = checkpoint;
    // The stock saver stores a row for each channel without a value, and drops these rows when it reads them.
    const withValue = Object.entries(newVersions).filter(([name]) => name in channel_values);
    const blobs = await this._dumpBlobs(
      thread_id,
      checkpoint_ns,
      channel_values,
      Object.fromEntries(withValue),
    );
    const row = [
      ...[thread_id, checkpoint_ns, checkpoint.id, checkpoint_id],
      ...[this._dumpCheckpoint(checkpoint), await this._dumpMetadata(metadata)],
    ];
    const { UPSERT_CHECKPOINT_BLOBS_SQL, UPSERT_CHECKPOINTS_SQL } = this.statements;
    return [
      ...blobs.map((params) => ({ text: UPSERT_CHECKPOINT_BLOBS_SQL, params })),
      { text: UPSERT_CHECKPOINTS_SQL, params: row },
    ];
  }

  /** Returns the checkpoint with its whole messages, whether or not they are stored in segments. */
  override async _loadCheckpoint(
    ...[stored, blobs]: Parameters<PostgresSaver["_loadCheckpoint"]>
  ): Promise<Checkpoint> {
    const sizes = blobs?.map(([name, , bytes]) => [String(Buffer.from(name)), bytes?.length ?? 0]);
    const { checkpoint, segments } = joinCheckpoint(
      await super._loadCheckpoint(stored, blobs),
      new Map(sizes as [string, number][] | undefined),
    );
    this.loaded = segments;
    return checkpoint;
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
  ): Promise<void> {
    const { thread_id, checkpoint_ns, checkpoint_id } = config.configurable ?? {};
    const { UPSERT_CHECKPOINT_WRITES_SQL, INSERT_CHECKPOINT_WRITES_SQL } = this.statements;
    const areSpecial = writes.every(([channel]) => channel in WRITES_IDX_MAP);
    const text = areSpecial ? UPSERT_CHECKPOINT_WRITES_SQL : INSERT_CHECKPOINT_WRITES_SQL;
    const rows = await this._dumpWrites(thread_id, checkpoint_ns, checkpoint_id, taskId, writes);
    await this.write(rows.map((params) => ({ text, params })));
  }

  override async deleteThread(threadId: string): Promise<void> {
    const params = [threadId];
    await this.write([
      { text: this.statements.DELETE_CHECKPOINT_BLOBS_SQL, params },
      { text: this.statements.DELETE_CHECKPOINTS_SQL, params },
      { text: this.statements.DELETE_CHECKPOINT_WRITES_SQL, params },
    ]);
  }

  /** Does nothing: there is no pool to end. */
  override async end(): Promise<void> {}

  /**
   * Returns a counter that sorts as text and a random part, as the Python saver does. Continues the plain numbers of
   * threads that the stock saver wrote.
   */
  override getNextVersion(current: number | string | undefined): number {
    const count = current === undefined ? 1 : Number.parseInt(String(current), 10) + 1;
    // The last 48 bits of a UUID are random. Node draws UUIDs in advance, but not single bytes.
    const version = `${String(count).padStart(16, "0")}.${randomUUID().slice(-12)}`;
    // LangGraph accepts numbers and strings as versions. The type of PostgresSaver accepts only numbers.
    return version as unknown as number;
  }

  private get statements(): SaverStatements {
    return (this as unknown as { SQL_STATEMENTS: SaverStatements }).SQL_STATEMENTS;
  }
}

/** Returns the config that reads a checkpoint which was put with `config`. */
export function configAfterPut(config: RunnableConfig, { id }: Checkpoint): RunnableConfig {
  const { thread_id, checkpoint_ns = "" } = config.configurable ?? {};
  return { configurable: { thread_id, checkpoint_ns, checkpoint_id: id } };
}

/** Returns the part of a checkpoint's tuple that names its parent, from the config with which the checkpoint was put. */
export function parentOf(config: RunnableConfig): Pick<CheckpointTuple, "parentConfig"> {
  const { thread_id, checkpoint_ns = "", checkpoint_id } = config.configurable ?? {};
  // Not the config itself: it holds the whole run, which a tuple in memory would keep alive.
  return checkpoint_id
    ? { parentConfig: { configurable: { thread_id, checkpoint_ns, checkpoint_id } } }
    : {};
}

/** Returns rows of bytes, which PostgreSQL writes to JSON as text: `\x` and hexadecimal digits. */
function toBytes<Rows>(rows: unknown): Rows {
  const texts = (rows ?? []) as (string | null)[][];
  return texts.map((row) =>
    row.map((text) => (text === null ? null : Buffer.from(text.slice(2), "hex"))),
  ) as Rows;
}

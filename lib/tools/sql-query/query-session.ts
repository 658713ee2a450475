import { Client } from "@neondatabase/serverless";
import { identifier } from "./read-schema.ts";

/** Where the analytics database is, and the schema that names without a schema mean. */
export interface AnalyticsAddress {
  url: string;
  /** The WebSocket of the local twin's Neon. */
  webSocketProxy?: string | undefined;
  schema: string;
}

export interface QuerySession {
  /** Runs one statement in the session's transaction. Values are PostgreSQL's texts. Two statements in one text fail. */
  query(text: string): Promise<SessionResult>;
  /** Cancels nothing in the database: the statement timeout does. */
  close(): void;
}

export interface SessionResult {
  fields: { name: string; type: number }[];
  rows: (string | null)[][];
  rowCount: number;
}

/** How long one statement may run. A query gets several, and its whole time is bounded by its caller. */
export const statementTimeoutMs = 5_000;

/**
 * Settings of the transaction. Results must not depend on settings of the server or the role, and the grammar of the first
 * wall reads texts with standard strings.
 */
const settings = {
  statement_timeout: String(statementTimeoutMs),
  lock_timeout: "1000",
  idle_in_transaction_session_timeout: "15000",
  TimeZone: "UTC",
  DateStyle: "ISO, YMD",
  IntervalStyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  cursor_tuple_fraction: "1.0",
  max_parallel_workers_per_gather: "0",
  jit: "off",
};

/**
 * Opens a connection of its own and begins a READ ONLY transaction, which never commits. Neon's HTTP endpoint shares its
 * sessions, and its pooler does, so this is the WebSocket of the direct host: what a query might leave in a session ends
 * with the connection.
 */
export async function openQuerySession(
  { url, webSocketProxy, schema }: AnalyticsAddress,
  signal: AbortSignal,
): Promise<QuerySession> {
  signal.throwIfAborted();
  const client = new Client({ connectionString: directUrl(url), connectionTimeoutMillis: 5_000 });
  client.neonConfig.webSocketConstructor = WebSocket;
  client.neonConfig.pipelineConnect = false;
  if (webSocketProxy !== undefined) {
    client.neonConfig.wsProxy = webSocketProxy.replace(/^\w+:\/\//, "");
    client.neonConfig.useSecureWebSocket = false;
  }
  const { promise: lost, reject: lose } = Promise.withResolvers<never>();
  lost.catch(() => {});
  // A lost connection fails the running query. Without a listener it would also end the process.
  client.on("error", lose);
  client.on("end", () => lose(new Error("The connection to the analytics database was lost.")));
  const close = () => {
    signal.removeEventListener("abort", stop);
    // Fails if the connection is already gone.
    client.end().catch(() => {});
  };
  const stop = () => {
    lose(signal.reason);
    close();
  };
  signal.addEventListener("abort", stop, { once: true });

  let statements = 0;
  const session: QuerySession = {
    async query(text) {
      statements += 1;
      const result = await Promise.race([
        client.query({
          // A name makes the driver use the extended protocol, which refuses two statements in one text.
          name: `statement_${statements}`,
          text,
          rowMode: "array",
          types: { getTypeParser: () => (value: string) => value },
        }),
        lost,
      ]);
      return {
        fields: result.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
        rows: result.rows,
        rowCount: result.rowCount ?? 0,
      };
    },
    close,
  };
  try {
    await Promise.race([client.connect(), lost]);
    const begin = [
      "begin transaction isolation level repeatable read, read only",
      ...Object.entries(settings).map(([name, value]) => `set local ${name} = '${value}'`),
      `set local search_path = ${identifier(schema)}, pg_temp`,
    ].join("; ");
    await Promise.race([client.query(begin), lost]);
    return session;
  } catch (error) {
    close();
    throw error;
  }
}

/** Neon's pooler would lend our session to others, and keep what a query leaves in it. */
function directUrl(url: string): string {
  const address = new URL(url.replace(/^\w+:/, "http:"));
  address.hostname = address.hostname.replace(/-pooler(?=\.|$)/, "");
  return address.href.replace(/^http:/, "postgresql:");
}

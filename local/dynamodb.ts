import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire, registerHooks } from "node:module";
import { setTimeout as delay, setImmediate as nextEventLoopTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import { enforceExpressionLimits } from "./dynamodb-limits.ts";

export interface DynamoDbServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface DynaliteOptions {
  path?: string;
  createTableMs: number;
  deleteTableMs: number;
}
type Dynalite = (options: DynaliteOptions) => Server;
type Level = new (path: string) => { open(): Promise<void>; close(): Promise<void> };

/**
 * Starts dynalite on loopback. Stores the items in the folder `path`, or in memory without one.
 * @throws Error with one sentence if the files in `path` are in use or damaged
 */
export async function startDynamoDb({
  path,
  log = () => {},
}: {
  path?: string;
  log?: (line: string) => void;
} = {}): Promise<DynamoDbServer> {
  const { dynalite, Level } = loadDynalite();
  enforceExpressionLimits();
  let storage = {};
  if (path !== undefined && Level !== undefined) {
    await requireUsable(Level, path);
    storage = { path };
  } else if (path !== undefined) {
    log("DynamoDB keeps its items in memory: the native module for files does not load here");
  }
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...storage });
  ignoreClientDisconnects(server);
  const requests = trackOpenRequests(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      await requests.drained();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
      await promise;
    },
  };
}

/** Creates the table with the string key `pk` if it is missing, and waits until it is active. */
export async function ensureTable(endpoint: string, tableName: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    await createTable(client, tableName);
    const deadline = Date.now() + 5_000;
    while (!(await isActive(client, tableName))) {
      if (Date.now() > deadline)
        throw new Error(`The DynamoDB table ${tableName} does not become usable.`);
      await delay(5);
    }
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function isActive(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return Table?.TableStatus === "ACTIVE";
}

/** dynalite requires a native module even for storage in memory. If that fails to load, an empty module replaces it. */
function loadDynalite(): { dynalite: Dynalite; Level?: Level } {
  const require = createRequire(import.meta.url);
  const level = createRequire(require.resolve("dynalite")).resolve("level");
  try {
    return { dynalite: require("dynalite"), Level: require(level).Level };
  } catch {
    registerHooks({
      load: (url, context, next) =>
        url === pathToFileURL(level).href
          ? { format: "commonjs", source: "", shortCircuit: true }
          : next(url, context),
    });
    return { dynalite: require("dynalite") };
  }
}

/** Opens the files once. dynalite opens them at the first request and exits the process if it cannot. */
async function requireUsable(Level: Level, path: string): Promise<void> {
  const files = new Level(path);
  try {
    await files.open();
    await files.close();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const isInUse = cause instanceof Error && "code" in cause && cause.code === "LEVEL_LOCKED";
    const reason = isInUse
      ? "are in use by another running copy. Stop that copy first, or set LOCAL_DATA_DIR to another folder."
      : "are damaged. They hold only rate limits and revoked sessions: remove the folder and start again.";
    throw new Error(`DynamoDB's items in ${path} ${reason}`, { cause: error });
  }
}

/** dynalite throws when a client disconnects during a request, which would exit the whole twin. */
function ignoreClientDisconnects(server: Server): void {
  // Runs after dynalite's own listener, which adds the throwing listener to each request.
  server.on("request", (request: IncomingMessage) => request.removeAllListeners("error"));
}

/**
 * dynalite closes its files while it still handles requests, and then throws where nobody can catch the error. So
 * closing waits for the end of every response. dynalite calls `end` even if the client has left; Node emits no "finish" then.
 */
function trackOpenRequests(server: Server): { drained(): Promise<void> } {
  const open = new Set<ServerResponse>();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    response.end = new Proxy(response.end, {
      apply(end, self, parameters) {
        open.delete(response);
        return Reflect.apply(end, self, parameters);
      },
    });
    // dynalite never responds to a request that did not arrive completely.
    request.once("close", () => request.complete || open.delete(response));
  });
  return {
    async drained() {
      while (open.size > 0) await nextEventLoopTurn();
    },
  };
}

import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire, registerHooks } from "node:module";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
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
 * Starts dynalite on loopback; with `path` its items outlive it, else they are in memory.
 * @throws Error in plain words when the files in `path` are in use or damaged
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
  let place = {};
  if (path !== undefined && Level !== undefined) {
    await requireUsable(Level, path);
    place = { path };
  } else if (path !== undefined) {
    log("DynamoDB keeps its items in memory: the database for its files does not load here");
  }
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, ...place });
  forgiveVanishedCallers(server);
  const work = watchWork(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      await work.done();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
      await promise;
    },
  };
}

/** Makes the table, with the string key `pk`, unless it is there, and waits until it can be used. */
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

/** dynalite asks for a native module even when it keeps all in memory; where that does not load, an empty one stands in. */
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

/** dynalite opens its files at the first request and ends the process when it cannot: here it is a sentence. */
async function requireUsable(Level: Level, path: string): Promise<void> {
  const files = new Level(path);
  try {
    await files.open();
    await files.close();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const isInUse = cause instanceof Error && "code" in cause && cause.code === "LEVEL_LOCKED";
    const reason = isInUse
      ? "are in use by another running copy. Stop that one first, or set LOCAL_DATA_DIR to another folder."
      : "are damaged. They are rate limits and ended sessions alone: remove that folder and start again.";
    throw new Error(`DynamoDB's items in ${path} ${reason}`, { cause: error });
  }
}

/** dynalite throws when a caller goes away in the middle of a request, which would end the whole twin. */
function forgiveVanishedCallers(server: Server): void {
  // Runs after dynalite's own listener, which puts the throwing one on each request.
  server.on("request", (request: IncomingMessage) => request.removeAllListeners("error"));
}

/**
 * dynalite closes its files under the requests that it has taken on, and throws where nobody can catch it. They are
 * counted up to their answer, which is made even when the caller is gone; there is no "finish" event then.
 */
function watchWork(server: Server): { done(): Promise<void> } {
  const unanswered = new Set<ServerResponse>();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    unanswered.add(response);
    response.end = new Proxy(response.end, {
      apply(end, self, words) {
        unanswered.delete(response);
        return Reflect.apply(end, self, words);
      },
    });
    // A request that never arrives whole is never answered.
    request.once("close", () => request.complete || unanswered.delete(response));
  });
  return {
    async done() {
      while (unanswered.size > 0) await nextTurn();
    },
  };
}

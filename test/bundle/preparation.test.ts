import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";
import { type LambdaHost, startLambdaHost } from "#local/lambda/lambda-host.ts";
import { readPrelude } from "#local/lambda/prelude.ts";
import { gatewayEvent } from "#test/support/gateway-event.ts";

const values: Record<string, object> = {
  "stage/database-url": { url: "postgresql://app:canary@db.example/app" },
  "stage/demo-password": { password: "canary" },
  "stage/operator-password": { password: "canary" },
  "stage/auth-token-secret": { keys: [{ kid: "1", key: "k".repeat(43) }], epoch: 1 },
  "stage/origin-api-key": { key: "o".repeat(32) },
};

const names = ["chat-stream", "me", "health"];
let host: LambdaHost;
let servers: Server[] = [];
let folder: string;
/** The secrets that the functions have read. */
let secrets: string[] = [];
let secretsFail = false;
let stores: Record<"neon" | "dynamodb" | "bedrock", Awaited<ReturnType<typeof startCounting>>>;

beforeAll(async () => {
  await createFunctionBuilds(names).start();
}, 180_000);

beforeEach(async () => {
  secrets = [];
  secretsFail = false;
  folder = mkdtempSync(join(tmpdir(), "preparation-"));
  stores = {
    neon: await startCounting(),
    dynamodb: await startCounting(),
    bedrock: await startCounting(),
  };
  const { address } = await startCounting(async (request, response) => {
    const { SecretId } = (await json(request)) as { SecretId: string };
    secrets.push(SecretId);
    response.writeHead(secretsFail ? 500 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ SecretString: JSON.stringify(values[SecretId]) }));
  });
  host = startLambdaHost({
    functions: names.map((name) => ({
      name,
      bundle: join(import.meta.dirname, "../../dist", name, "index.mjs"),
      exportName: "handler",
      timeoutSeconds: 20,
      memoryMb: 512,
    })),
    environment: {
      ENVIRONMENT: "local",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      SECRET_PREFIX: "stage",
      RATE_LIMIT_TABLE: "table",
      PUBLIC_ORIGIN: "http://localhost:3000",
      LOCAL_NEON_ENDPOINT: `${stores.neon.address}/sql`,
      LOCAL_DYNAMODB_ENDPOINT: stores.dynamodb.address,
      LOCAL_BEDROCK_ENDPOINT: stores.bedrock.address,
      LOCAL_SECRETS_ENDPOINT: address,
    },
    logsDirectory: folder,
  });
});

afterEach(async () => {
  await host.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  rmSync(folder, { recursive: true });
});

type Serve = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server that counts its connections and requests. */
async function startCounting(serve: Serve = (_, response) => void response.end()) {
  const counts = { connections: 0, requests: 0 };
  const server = createServer((request, response) => {
    counts.requests += 1;
    void serve(request, response);
  });
  server.on("connection", () => {
    counts.connections += 1;
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counts };
}

const counts = () =>
  Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, store.counts]));

async function statusOf(name: string, event: object): Promise<number | undefined> {
  const response = await host.invoke(name, event);
  if (response.kind === "buffered") return JSON.parse(response.payload).statusCode;
  const head = await readPrelude(response.body);
  await response.body.return();
  return head?.statusCode;
}

const chatEvent = (headers: Record<string, string> = {}) =>
  gatewayEvent({ method: "GET", path: "/api/v1/chat", headers });
const unknownToken = { authorization: "Bearer unknown" };

it("chat-stream reads its secrets and opens its connections at its start, and sends nothing else", async () => {
  expect(await statusOf("chat-stream", chatEvent())).toBe(401);

  expect(secrets.toSorted()).toEqual([
    "stage/auth-token-secret",
    "stage/database-url",
    "stage/origin-api-key",
  ]);
  const open = { connections: 1, requests: 0 };
  expect(counts()).toEqual({ neon: open, dynamodb: open, bedrock: open });
});

it("me reads one secret and connects to DynamoDB only", async () => {
  expect(await statusOf("me", gatewayEvent({ method: "GET", path: "/api/me" }))).toBe(401);

  const closed = { connections: 0, requests: 0 };
  expect(secrets).toEqual(["stage/auth-token-secret"]);
  expect(counts()).toEqual({
    neon: closed,
    dynamodb: { connections: 1, requests: 0 },
    bedrock: closed,
  });
});

it("health prepares nothing", async () => {
  const event = gatewayEvent({ method: "GET", path: "/health", query: { live: "1" } });
  expect(await statusOf("health", event)).toBe(200);

  const closed = { connections: 0, requests: 0 };
  expect(secrets).toEqual([]);
  expect(counts()).toEqual({ neon: closed, dynamodb: closed, bedrock: closed });
});

it("a secret that fails at the start fails the requests that need it, until it can be read", async () => {
  secretsFail = true;
  expect(await statusOf("chat-stream", chatEvent())).toBe(401);
  expect(await statusOf("chat-stream", chatEvent(unknownToken))).toBe(500);

  secretsFail = false;
  expect(await statusOf("chat-stream", chatEvent(unknownToken))).toBe(401);
});

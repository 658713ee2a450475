import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { afterEach, expect, it } from "vitest";
import { type DynamoDbServer, ensureTable, startDynamoDb } from "./dynamodb.ts";

let server: DynamoDbServer;
let client: DynamoDBClient;
let stop = async (): Promise<void> => {};
afterEach(() => stop());

async function start(path?: string): Promise<void> {
  server = await startDynamoDb(path === undefined ? {} : { path });
  await ensureTable(server.endpoint, "items");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new DynamoDBClient({ endpoint: server.endpoint, region: "us-east-1", credentials });
  stop = async () => {
    client.destroy();
    await server.close();
    stop = async () => {};
  };
}

const key = { pk: { S: "address" } };

function takeOnce(): Promise<UpdateItemCommandOutput> {
  return client.send(
    new UpdateItemCommand({
      TableName: "items",
      Key: key,
      UpdateExpression: "SET taken = :taken",
      ConditionExpression: "attribute_not_exists(taken)",
      ExpressionAttributeValues: { ":taken": { N: "1" } },
    }),
  );
}

it("accepts one of many concurrent conditional updates", async () => {
  await start();
  await ensureTable(server.endpoint, "items");
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, takeOnce));
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(19);
  expect(refused[0]).toMatchObject({ reason: { name: "ConditionalCheckFailedException" } });
});

it("keeps items in its folder across restarts", async () => {
  const path = mkdtempSync(join(tmpdir(), "dynamodb-"));
  await start(path);
  await takeOnce();
  await stop();
  await start(path);
  const { Item } = await client.send(new GetItemCommand({ TableName: "items", Key: key }));
  expect(Item).toEqual({ ...key, taken: { N: "1" } });
  rmSync(path, { recursive: true });
});

it("refuses files that are in use or damaged with one sentence", async () => {
  const path = mkdtempSync(join(tmpdir(), "dynamodb-"));
  await start(path);
  await expect(startDynamoDb({ path })).rejects.toThrow("are in use by another running copy.");
  await stop();
  writeFileSync(join(path, "CURRENT"), "nonsense");
  await expect(startDynamoDb({ path })).rejects.toThrow("are damaged.");
  rmSync(path, { recursive: true });
});

it("survives a client that disconnects during a request", async () => {
  await start();
  const caller = connect(Number(new URL(server.endpoint).port), "127.0.0.1");
  await once(caller, "connect");
  caller.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
  // The next request proves that the server has read this one's beginning.
  await ensureTable(server.endpoint, "items");
  caller.resetAndDestroy();
  await expect(takeOnce()).resolves.toBeDefined();
});

it("finishes open requests before it closes, even if their clients have left", async () => {
  await start();
  const calls = Promise.allSettled(Array.from({ length: 300 }, takeOnce));
  await ensureTable(server.endpoint, "items");
  // If the files close too early, dynalite throws outside of any handler, and the test run fails.
  await stop();
  await calls;
});

it("keeps items in memory, and logs that, when the native module does not load", () => {
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => {
      if (url.includes("classic-level")) throw new Error("no such architecture");
      return next(url, context);
    }});
    const { startDynamoDb, ensureTable } = await import(${JSON.stringify(join(import.meta.dirname, "dynamodb.ts"))});
    const server = await startDynamoDb({ path: "/nowhere", log: console.log });
    await ensureTable(server.endpoint, "items");
    await server.close();`;
  const words = ["--input-type=module", "--eval", script];
  expect(execFileSync(process.execPath, words, { encoding: "utf8" })).toBe(
    "DynamoDB keeps its items in memory: the native module for files does not load here\n",
  );
});

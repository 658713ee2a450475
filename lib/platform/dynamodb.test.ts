import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createDynamoDb, type DynamoDb } from "./dynamodb.ts";

type Answer = (response: ServerResponse) => void;

interface Received {
  headers: IncomingMessage["headers"];
  line: string;
  body: unknown;
}

let connections = 0;
let received: Received[] = [];
/** The answers to the next requests. After them every request is answered with `{}`. */
let answers: Answer[] = [];

const answerWith =
  (status: number, body: object, afterMs = 0): Answer =>
  (response) => {
    setTimeout(() => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(body));
    }, afterMs);
  };
const exception = (name: string) => ({ __type: `com.amazonaws.dynamodb.v20120810#${name}` });

const server = createServer((request, response) => void respond(request, response));

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers, method, url } = request;
  received.push({ headers, line: `${method} ${url}`, body: await json(request) });
  const answer = answers.shift() ?? answerWith(200, {});
  answer(response);
}

server.on("connection", () => {
  connections += 1;
});

let endpoint: string;
let client: DynamoDb;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  connections = 0;
  received = [];
  answers = [];
  client = createDynamoDb({ region: "us-east-1", endpoints: { dynamodb: endpoint } });
  return () => client.destroy();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const input = { TableName: "table", Key: { pk: { S: "ü" } } };
const ask = () => client.call("GetItem", input);

it.each(["", "after an early connection "])(
  "%sthe first request of an instance has a longer timeout than the next",
  async (when) => {
    if (when) await client.connect();
    // Longer than a warm request may take, and far from the limit of the first one.
    answers = [answerWith(200, {}, 400), () => {}, () => {}];
    expect(await ask()).toEqual({});
    await expect(ask()).rejects.toMatchObject({ name: "TimeoutError" });
    expect(received.length).toBe(3);
  },
);

it("the twin waits for DynamoDB as long as a busy machine takes", async () => {
  const twin = createDynamoDb({
    ...{ environment: "local", region: "us-east-1", endpoints: { dynamodb: endpoint } },
  });
  await twin.call("GetItem", input);
  answers = [answerWith(200, {}, 600)];
  expect(await twin.call("GetItem", input)).toEqual({});
  expect(received.length).toBe(2);
  twin.destroy();
});

it("connect sends nothing, and the first request uses the connection", async () => {
  await client.connect();
  expect(received.length).toBe(0);
  await ask();
  expect({ connections, requests: received.length }).toEqual({ connections: 1, requests: 1 });
});

it("sends what the SDK's client sends", async () => {
  const update = {
    ...input,
    UpdateExpression: "SET t0 = :now",
    ConditionExpression: "attribute_not_exists(t0)",
    ExpressionAttributeValues: { ":now": { N: "1" } },
    ReturnValues: "ALL_NEW" as const,
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sdk = new DynamoDBClient({ region: "us-east-1", endpoint, credentials });
  await sdk.send(new UpdateItemCommand(update));
  await client.call("UpdateItem", update);
  sdk.destroy();
  const [theirs, ours] = received.map(({ headers, ...rest }) => ({
    ...rest,
    target: headers["x-amz-target"],
    type: headers["content-type"],
    length: Number(headers["content-length"]) > 0,
    scope: headers.authorization?.replace(/, SignedHeaders.*/, ""),
    date: /^\d{8}T\d{6}Z$/.test(String(headers["x-amz-date"])),
  }));
  expect(ours).toEqual(theirs);
});

it.each([
  ["lost", (response: ServerResponse) => response.destroy()],
  [
    "cut off",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-length": 20 });
      response.write("{");
      setImmediate(() => response.destroy());
    },
  ],
  ["a fault of DynamoDB", answerWith(500, exception("InternalServerError"))],
  ["a page of a proxy", (response: ServerResponse) => response.writeHead(503).end("<html>")],
  ["throttled", answerWith(400, exception("ProvisionedThroughputExceededException"))],
])("a request that is %s is sent again, once", async (_, fault) => {
  const found = { Item: { pk: { S: "ü" } } };
  answers = [fault, answerWith(200, found)];
  expect(await ask()).toEqual(found);
  answers = [fault, fault];
  await expect(ask()).rejects.toThrow();
  expect(received.length).toBe(4);
});

it.each([
  ["AccessDeniedException", answerWith(400, exception("AccessDeniedException"))],
  ["UnreadableAnswer", (response: ServerResponse) => void response.end("<html>")],
])("throws %s at once", async (name, fault) => {
  answers = [fault];
  await expect(ask()).rejects.toMatchObject({ name });
  expect(received.length).toBe(1);
});

it("throws a refused condition with the item", async () => {
  const item = { t0: { N: "7" } };
  answers = [answerWith(400, { ...exception("ConditionalCheckFailedException"), Item: item })];
  await expect(client.call("UpdateItem", input)).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    item,
  });
});

it("throws the signal's reason", async () => {
  const reason = new Error("enough");
  answers = [() => stop.abort(reason)];
  const stop = new AbortController();
  await expect(client.call("GetItem", input, { signal: stop.signal })).rejects.toBe(reason);
  expect(received.length).toBe(1);
});

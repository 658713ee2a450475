import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createDynamoDb } from "./dynamodb.ts";

const slowMs = 600;
let connections = 0;
let requests = 0;
/** A DynamoDB that takes twice as long as a warm request may. */
const server = createServer((request, response) => {
  requests += 1;
  request.resume();
  setTimeout(() => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end("{}");
  }, slowMs);
});

server.on("connection", () => {
  connections += 1;
});

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

function openClient() {
  const { port } = server.address() as AddressInfo;
  const client = createDynamoDb({
    region: "us-east-1",
    endpoints: { dynamodb: `http://127.0.0.1:${port}` },
  });
  const ask = () =>
    client.send(new GetItemCommand({ TableName: "table", Key: { pk: { S: "key" } } }));
  return { client, ask };
}

it.each(["", "after an early connection "])(
  "%sthe first request of an instance has a longer timeout than the next",
  async (when) => {
    const { client, ask } = openClient();
    if (when) await client.connect();
    expect((await ask()).$metadata.attempts).toBe(1);
    await expect(ask()).rejects.toMatchObject({ name: "TimeoutError", $metadata: { attempts: 2 } });
    client.destroy();
  },
);

it("connect sends nothing, and the first request uses the connection", async () => {
  const { client, ask } = openClient();
  connections = 0;
  requests = 0;
  await client.connect();
  expect(requests).toBe(0);
  await ask();
  expect({ connections, requests }).toEqual({ connections: 1, requests: 1 });
  client.destroy();
});

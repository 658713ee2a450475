import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createAwsService } from "./aws-service.ts";
import { readAwsCredentials } from "./config.ts";
import { createSigner } from "./sign-request.ts";

interface Received {
  request: IncomingMessage;
  body: string;
}

const received: Received[] = [];
let respond: (response: ServerResponse) => void;
const server = createServer((request, response) => void receive(request, response));

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  received.push({ request, body: await text(request) });
  respond(response);
}

const send =
  (status: number, body: string) =>
  (response: ServerResponse): void =>
    void response.writeHead(status).end(body);

let endpoint: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
  respond = send(200, '{"Item":{"pk":{"S":"a"}}}');
});
afterEach(() => {
  vi.useRealTimers();
});

const region = "us-east-1";
const input = { TableName: "table", Key: { pk: { S: "Grüße" } } };

function openService({ attempts = 2, timeoutMs = 5_000 } = {}) {
  return createAwsService({
    ...{ service: "dynamodb", target: "DynamoDB_20120810", jsonVersion: "1.0" },
    ...{ region, endpoint, attempts, timeoutMs: () => timeoutMs },
  });
}

describe("a call", () => {
  it("sends the request of AWS's own client, with the same signature", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T12:00:00Z") });
    const credentials = {
      ...{ accessKeyId: "key", secretAccessKey: "secret", sessionToken: "session" },
    };
    const sdk = new DynamoDBClient({ endpoint, region, credentials });
    await sdk.send(new GetItemCommand(input));
    sdk.destroy();
    expect(await openService().call("GetItem", input)).toEqual({ Item: { pk: { S: "a" } } });

    const [theirs, ours] = received.map(({ request: { method, url, headers }, body }) => ({
      ...{ method, url, headers, body: JSON.parse(body) },
    }));
    if (!theirs || !ours) throw new Error("The server did not receive both requests.");
    const { authorization = "", ...headers } = theirs.headers;
    expect(ours).toMatchObject({
      ...{ method: "POST", url: theirs.url, body: theirs.body },
      headers: {
        "content-type": headers["content-type"],
        "x-amz-target": headers["x-amz-target"],
        authorization: expect.stringContaining("/20261123/us-east-1/dynamodb/aws4_request"),
      },
    });

    // The SDK signs further headers of its own. Given the same headers, our signature is equal.
    const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
    const sign = createSigner({ service: "dynamodb", region });
    const signed = sign(
      {
        path: "/",
        headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
        body: received[0]?.body ?? "",
      },
      credentials,
    );
    expect(signed.authorization).toBe(authorization);
  });

  it.each([
    ["a lost connection", (response: ServerResponse) => response.destroy(), 2],
    ["an outage", send(503, "Service Unavailable"), 2],
    ["throttling", send(400, '{"__type":"a#ThrottlingException"}'), 2],
    ["exhausted throughput", send(400, '{"__type":"a#ProvisionedThroughputExceededException"}'), 2],
    ["a refusal", send(400, '{"__type":"a#ValidationException"}'), 1],
    ["a page instead of JSON", send(200, "<html>"), 1],
    ["no object", send(200, "null"), 1],
  ])("after %s is sent %i times", async (_fault, fault, attempts) => {
    respond = fault;
    await expect(openService().call("GetItem", input)).rejects.toThrow();
    expect(received).toHaveLength(attempts);
  });

  it("succeeds if the second attempt does", async () => {
    const succeed = respond;
    respond = (response) => {
      respond = succeed;
      response.destroy();
    };
    expect(await openService().call("GetItem", input)).toHaveProperty("Item");
  });

  it("throws the service's error with its name, message and item", async () => {
    const item = { pk: { S: "a" } };
    const error = { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" };
    respond = send(400, JSON.stringify({ ...error, message: "The condition failed", Item: item }));
    await expect(openService().call("UpdateItem", input)).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      ...{ status: 400, message: "The condition failed", item },
    });
  });

  it("ends when the response takes too long or does not end", async () => {
    const patience = { attempts: 1, timeoutMs: 50 };
    for (const fault of [() => {}, (response: ServerResponse) => void response.write("{")]) {
      respond = fault;
      const call = openService(patience).call("GetItem", input);
      await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
    }
  });

  it("throws the signal's reason and is not repeated", async () => {
    const reason = new Error("enough");
    const work = new AbortController();
    respond = () => work.abort(reason);
    await expect(openService().call("GetItem", input, work.signal)).rejects.toBe(reason);
    expect(received).toHaveLength(1);
  });
});

it("the environment's credentials have a session token in Lambda", () => {
  const keys = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
  expect(readAwsCredentials({ ...keys, AWS_SESSION_TOKEN: "session" })).toEqual({
    ...{ accessKeyId: "key", secretAccessKey: "secret", sessionToken: "session" },
  });
  expect(() => readAwsCredentials({})).toThrow("AWS_ACCESS_KEY_ID");
});

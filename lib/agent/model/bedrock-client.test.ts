import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { eventFrame, eventFramesType } from "#local/bedrock/event-frame.ts";
import { createTestClient } from "#local/bedrock/test-client.ts";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";
import { authoriseAsTwin, createAuthoriser } from "./authorise-request.ts";
import { createBedrockClient } from "./bedrock-client.ts";
import type { ConverseRequest } from "./converse-request.ts";

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, string>;
  body: Buffer;
}

let server: HttpServer;
let received: Received[] = [];
const sockets = new Set<unknown>();

beforeEach(async () => {
  received = [];
  sockets.clear();
  server = await listen(async (request, response) => {
    const { method, url, socket } = request;
    sockets.add(socket);
    const headers = request.headers as Record<string, string>;
    received.push({
      method,
      url,
      headers,
      body: (await readBody(request, 1_000_000)) ?? Buffer.alloc(0),
    });
    response.writeHead(200, { "content-type": eventFramesType });
    response.end(eventFrame("messageStop", { stopReason: "end_turn" }));
  });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.close();
});

const modelId = "us.amazon.nova-2-lite-v1:0";
const request: ConverseRequest = {
  system: [{ text: "Be brief." }],
  messages: [{ role: "user", content: [{ text: "Grüße" }] }],
  inferenceConfig: { maxTokens: 1_024, temperature: 0 },
};
const body = Buffer.from(JSON.stringify(request));
const never = new AbortController().signal;

async function sendOurs(options: Partial<Parameters<typeof createBedrockClient>[0]> = {}) {
  const client = createBedrockClient({
    ...{ region: "us-east-1", endpoint: server.address },
    ...options,
  });
  await client.converseStream(modelId, body, never, () => {});
  client.destroy();
  return received.at(-1);
}

async function sendWithSdk() {
  const { system, messages, inferenceConfig } = request;
  const client = createTestClient(server.address);
  const input = { modelId, system, inferenceConfig, messages: [...messages] };
  const { stream } = await client.send(new ConverseStreamCommand(input as never));
  for await (const _ of stream ?? []);
  return received.at(-1);
}

it("sends the request of AWS's own client, with the same signature", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T12:00:00Z") });
  const sdk = await sendWithSdk();
  const ours = await sendOurs();
  if (!sdk || !ours) throw new Error("The server received nothing.");
  expect([ours.method, ours.url]).toEqual([sdk.method, sdk.url]);
  expect(JSON.parse(ours.body.toString())).toEqual(JSON.parse(sdk.body.toString()));

  // The SDK signs further headers of its own. Given the same headers, our signature is equal.
  const { authorization = "", ...headers } = sdk.headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
  const signed = await authoriseAsTwin({
    path: sdk.url ?? "",
    headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ""])),
    body: sdk.body,
  });
  expect(signed.authorization).toBe(authorization);
  expect(ours.headers.authorization).toContain("/20261123/us-east-1/bedrock/aws4_request");
});

it("sends a bearer token instead of a signature", async () => {
  vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "token");
  const sent = await sendOurs({ authorise: createAuthoriser("us-east-1") });
  expect(sent?.headers.authorization).toBe("Bearer token");
});

it("sends the session token of temporary credentials", async () => {
  for (const name of ["PROFILE", "BEARER_TOKEN_BEDROCK"]) vi.stubEnv(`AWS_${name}`, undefined);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  vi.stubEnv("AWS_SESSION_TOKEN", "session");
  const sent = await sendOurs({ authorise: createAuthoriser("us-east-1") });
  expect(sent?.headers["x-amz-security-token"]).toBe("session");
  expect(sent?.headers.authorization).toContain("Credential=key/");
});

it("uses one connection for calls one after the other", async () => {
  const client = createBedrockClient({ region: "us-east-1", endpoint: server.address });
  for (let calls = 0; calls < 3; calls += 1) {
    await client.converseStream(modelId, body, never, () => {});
  }
  client.destroy();
  expect(received).toHaveLength(3);
  expect(sockets.size).toBe(1);
});

it("leaves no listeners on a connection that many calls use", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  const client = createBedrockClient({ region: "us-east-1", endpoint: server.address });
  for (let calls = 0; calls < 15; calls += 1) {
    await client.converseStream(modelId, body, never, () => {});
  }
  await delay(10); // Node tells a warning a little later.
  client.destroy();
  process.off("warning", note);
  expect(sockets.size).toBe(1);
  expect(warnings).toEqual([]);
});

it("does not use a connection again that was idle for too long", async () => {
  const client = createBedrockClient({
    region: "us-east-1",
    endpoint: server.address,
    idleMs: 20,
  });
  await client.converseStream(modelId, body, never, () => {});
  await expect.poll(() => [...sockets].every((socket) => (socket as Socket).destroyed)).toBe(true);
  await client.converseStream(modelId, body, never, () => {});
  client.destroy();
  expect(sockets.size).toBe(2);
});

it("waits for a model that is silent for longer than a connection may be idle", async () => {
  const slow = await listen(async (_, response) => {
    await delay(80);
    response.writeHead(200, { "content-type": eventFramesType });
    await delay(80);
    response.end(eventFrame("messageStop", { stopReason: "end_turn" }));
  });
  const client = createBedrockClient({
    region: "us-east-1",
    endpoint: slow.address,
    idleMs: 20,
  });
  const events: unknown[] = [];
  await client.converseStream(modelId, body, never, (event) => void events.push(event));
  expect(events).toHaveLength(1);
  client.destroy();
  await slow.close();
});

it("tells whether a failed request can have reached Bedrock", async () => {
  const cutting = createTcpServer((socket) => socket.once("data", () => socket.destroy()));
  cutting.listen(0, "127.0.0.1");
  await once(cutting, "listening");
  const { port } = cutting.address() as AddressInfo;
  const send = (endpoint: string) => sendOurs({ endpoint }).catch((error: unknown) => error);
  const endpoint = `http://127.0.0.1:${port}`;
  expect(await send(endpoint)).toMatchObject({ errorName: "ECONNRESET", wasSent: true });
  expect(await send(`https://127.0.0.1:${port}`)).toMatchObject({ wasSent: false });
  cutting.close();
  expect(await send(endpoint)).toMatchObject({ errorName: "ECONNREFUSED", wasSent: false });
});

it.each(["message", "Message"])("reads the error's text from the key %s", async (key) => {
  const refusing = await listen(async (_, response) => {
    response.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" });
    response.end(JSON.stringify({ [key]: "No access." }));
  });
  await expect(sendOurs({ endpoint: refusing.address })).rejects.toMatchObject({
    ...{ message: "No access.", errorName: "AccessDeniedException", status: 403 },
  });
  await refusing.close();
});

it("sends nothing for a signal that is aborted", async () => {
  const client = createBedrockClient({ region: "us-east-1", endpoint: server.address });
  const reason = new Error("stop");
  const sending = client.converseStream(modelId, body, AbortSignal.abort(reason), () => {});
  await expect(sending).rejects.toBe(reason);
  expect(received).toEqual([]);
});

it("connect sends nothing, and the first call uses the connection", async () => {
  let connections = 0;
  let calls = 0;
  const counting = createServer((_, response) => {
    calls += 1;
    response.writeHead(200, { "content-type": eventFramesType });
    response.end(eventFrame("messageStop", { stopReason: "end_turn" }));
  });
  counting.on("connection", () => {
    connections += 1;
  });
  counting.listen(0, "127.0.0.1");
  await once(counting, "listening");
  const { port } = counting.address() as AddressInfo;
  const client = createBedrockClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
  });

  await client.connect();
  await expect.poll(() => connections).toBe(1);
  expect(calls).toBe(0);
  await client.converseStream(modelId, body, never, () => {});

  expect({ connections, calls }).toEqual({ connections: 1, calls: 1 });
  client.destroy();
  counting.close();
});

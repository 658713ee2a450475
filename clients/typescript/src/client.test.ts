import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { answerText } from "./answer-text.ts";
import { createClient } from "./client.ts";
import { ProblemError } from "./problem.ts";
import type { ChatEvent } from "./read-events.ts";

const conversation_id = "11111111-1111-4111-8111-111111111111";
const turn_id = "22222222-2222-4222-8222-222222222222";
const earlier_id = "33333333-3333-4333-8333-333333333333";
const address = `/api/v1/chat?conversation_id=${conversation_id}&turn_id=${turn_id}`;

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Serves one answer for each request, and records the requests. */
async function serve(...answers: Answer[]) {
  const requests: string[] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    keys.push(request.headers["idempotency-key"]);
    answers[requests.length - 1]?.(response, request);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClient({ url: `http://127.0.0.1:${port}`, key: "eaa_test", pauseMs: 1 });
  return { client, requests, keys };
}

const stream =
  (text: string, isCut = false): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-location": address });
    response.write(text, () => (isCut ? response.destroy() : response.end()));
  };

const problem =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/problem+json", ...headers });
    response.end(JSON.stringify({ type: "refused", status, detail: `Refused with ${status}.` }));
  };

const event = (name: string, data: object, id?: string) =>
  `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (text: string) => event("delta", { text });
const snapshot = (text: string) => event("snapshot", { text, tools: [] });
const done = (text: string, id = turn_id) => event("done", { turn_id: id, text }, `${id}.end`);

async function read(events: AsyncIterable<ChatEvent>) {
  const names: string[] = [];
  let text = "";
  for await (const next of events) {
    names.push(next.event);
    text = answerText(text, next);
  }
  return { names, text };
}

it("a cut stream is resumed at its address, and a snapshot replaces the text", async () => {
  const { client, requests } = await serve(
    stream(delta("On") + delta("ce u"), true),
    stream(snapshot("Once upon") + delta(" a time") + done("Once upon a time")),
  );
  expect(await read(client.chat({ message: "Tell" }))).toEqual({
    names: ["delta", "delta", "snapshot", "delta", "done"],
    text: "Once upon a time",
  });
  expect(requests).toEqual(["POST /api/v1/chat/stream", `GET ${address}`]);
});

it("a stream that ends without an end of its turn is resumed", async () => {
  const { client, requests } = await serve(
    stream(done("An earlier answer", earlier_id)),
    stream(event("error", { retryable: true, detail: "Later." })),
    stream(done("An answer")),
  );
  expect((await read(client.chat({ message: "Tell" }))).text).toBe("An answer");
  expect(requests).toHaveLength(3);
});

it("a message whose response is lost is sent again with its key", async () => {
  const { client, keys } = await serve((response) => response.destroy(), stream(done("Yes")));
  expect((await read(client.chat({ message: "Tell" }))).text).toBe("Yes");
  expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

it.each([
  ["waiting", event("waiting", { turn_id, calls: [] }, `${turn_id}.waiting.1`)],
  ["stopped", event("stopped", { turn_id, text: "So f" }, `${turn_id}.end`)],
  ["error", event("error", { retryable: false, detail: "No." }, `${turn_id}.end`)],
  ["error", event("error", { retryable: false, detail: "This API key was revoked." })],
])("%s ends the stream, although its connection stays open", async (name, last) => {
  const { client, requests } = await serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-location": address });
    response.write(last);
  });
  expect((await read(client.follow(address))).names).toEqual([name]);
  expect(requests).toHaveLength(1);
});

it("a 429 and a 503 are waited for", async () => {
  const { client } = await serve(
    problem(429, { "retry-after": "0" }),
    problem(503),
    stream(done("Yes")),
  );
  expect((await read(client.chat({ message: "Tell" }))).text).toBe("Yes");
});

it.each([401, 402, 403, 404, 409])("a %d is thrown with the service's sentence", async (status) => {
  const { client, requests } = await serve(problem(status));
  const refusal = await read(client.chat({ message: "Tell" })).catch((error) => error);
  expect(refusal).toBeInstanceOf(ProblemError);
  expect(refusal).toMatchObject({ status, message: `Refused with ${status}.` });
  expect(requests).toHaveLength(1);
});

it("a 429 of an hour, and a sixth failure in a row, are thrown", async () => {
  const { client: limited } = await serve(problem(429, { "retry-after": "3600" }));
  await expect(read(limited.chat({ message: "Tell" }))).rejects.toMatchObject({ status: 429 });
  const { client, requests } = await serve(
    ...Array<Answer>(9).fill((response) => response.destroy()),
  );
  await expect(read(client.chat({ message: "Tell" }))).rejects.toThrow("fetch failed");
  expect(requests).toHaveLength(6);
});

it("streams that end six times without news are an error", async () => {
  const later = stream(event("error", { retryable: true, detail: "Later." }));
  const { client, requests } = await serve(...Array<Answer>(9).fill(later));
  await expect(read(client.chat({ message: "Tell" }))).rejects.toThrow("without news");
  expect(requests).toHaveLength(6);
});

it("a reader that aborts or leaves ends the connection", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const open: Answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-location": address });
    response.write(delta("One"));
    response.on("close", resolve);
  };
  const { client } = await serve(open, open);
  for await (const next of client.chat({ message: "Tell" })) if (next.event === "delta") break;
  await closed;
  const leaving = new AbortController();
  const reading = read(client.chat({ message: "Tell" }, { signal: leaving.signal }));
  leaving.abort(new Error("I left"));
  await expect(reading).rejects.toThrow("I left");
});

it("a turn with nothing to stream yields nothing", async () => {
  const { client } = await serve((response) => response.writeHead(204).end());
  expect((await read(client.follow(address))).names).toEqual([]);
});

it("a request fills its path, query and body in, and a 204 is undefined", async () => {
  const seen: string[] = [];
  const echo: Answer = (response, request) => {
    seen.push(`${request.headers.authorization} ${request.headers["x-api-key"] ?? ""}`);
    response.setHeader("content-type", "application/json");
    request.pipe(response);
  };
  const { client, requests } = await serve(echo, (response) => response.writeHead(204).end());
  const sent = await client.request("PATCH /api/v1/conversations/{id}", {
    path: { id: "a/b" },
    body: { title: "Plans" },
    headers: { "x-api-key": "gateway" },
  });
  expect(sent).toEqual({ title: "Plans" });
  const gone = await client.request("DELETE /api/v1/notes/{id}", { path: { id: "1" } });
  expect(gone).toBeUndefined();
  expect(requests).toEqual(["PATCH /api/v1/conversations/a%2Fb", "DELETE /api/v1/notes/1"]);
  expect(seen).toEqual(["Bearer eaa_test gateway"]);
});

it("a request that lacks something does not compile", async () => {
  const { client } = await serve(...Array<Answer>(5).fill(problem(400)));
  const requests = [
    // @ts-expect-error: the route needs a path
    client.request("DELETE /api/v1/notes/{id}"),
    // @ts-expect-error: the route needs a body
    client.request("POST /api/v1/keys"),
    // @ts-expect-error: there is no such route
    client.request("GET /api/v1/secrets"),
    // @ts-expect-error: there is no such scope
    client.request("POST /api/v1/keys", { body: { name: "Report", scopes: ["root"] } }),
    client.request("GET /api/v1/conversations", { query: { q: "Plans" } }),
  ];
  expect(await Promise.allSettled(requests)).toMatchObject(
    Array(5).fill({ status: "rejected", reason: { name: "ProblemError" } }),
  );
});

it("a response that is not from the service is named by its status", async () => {
  const { client } = await serve((response) => {
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
  });
  await expect(client.request("GET /api/v1/usage")).rejects.toThrow(
    "The service returned the status 502.",
  );
});

import { once } from "node:events";
import { request } from "node:http";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { Problem } from "#lib/contract/problem.ts";
import { type Route, readDeployment } from "#local/deployment.ts";
import type { HttpServer } from "#local/http/listen.ts";
import { type FunctionResponse, InvocationFailed } from "#local/lambda/sandbox.ts";
import { buffered, fakeHost, streamed } from "#test/support/fake-host.ts";
import { startGateway } from "./gateway.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const route = (fields: Partial<Route>): Route => ({
  method: "GET",
  path: "/things",
  functionName: "thing",
  private: true,
  streamed: false,
  timeoutMs: 5_000,
  ...fields,
});
const routes = [
  route({}),
  route({ method: "POST" }),
  route({ path: "/things/{id}" }),
  route({ path: "/stream", streamed: true }),
  route({ path: "/slow", timeoutMs: 20 }),
];

async function open(
  answer: (event: unknown) => FunctionResponse | Promise<FunctionResponse>,
  usagePlan = { ratePerSecond: 100, burst: 100, perDay: 100 },
) {
  const { host, events } = fakeHost(answer);
  const { gatewayResponses } = readDeployment();
  const deployment = { routes, usagePlan, gatewayResponses };
  const gateway = await startGateway({ deployment, host, apiKeys: ["program", "cloudfront"] });
  servers.push(gateway);
  const send = (path: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${gateway.address}${path}`, {
      ...init,
      headers: { "x-api-key": "program", ...headers },
    });
  return { address: gateway.address, send, events };
}

async function problemOf(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = v.parse(Problem, await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toMatch(/^[0-9a-f-]{36}$/);
  return problem;
}

const ok = () => buffered({ statusCode: 200, body: "ok" });

test("the gateway turns a request into an event of a REST API", async () => {
  const { send, events } = await open(ok);

  await send("/things/a%20b?tag=x&tag=y&empty=", { headers: { "X-Mixed-Case": "1" } });

  expect(events).toMatchObject([
    {
      resource: "/things/{id}",
      path: "/things/a%20b",
      httpMethod: "GET",
      pathParameters: { id: "a b" },
      queryStringParameters: { tag: "y", empty: "" },
      multiValueQueryStringParameters: { tag: ["x", "y"], empty: [""] },
      headers: { "x-api-key": "program" },
      multiValueHeaders: { "x-api-key": ["program"] },
      body: null,
      isBase64Encoded: false,
      requestContext: {
        resourcePath: "/things/{id}",
        identity: { sourceIp: "127.0.0.1", apiKey: "program" },
      },
    },
  ]);
});

test("an event has null for missing parts, and its body is text", async () => {
  const { send, events } = await open(ok);

  await send("/things", { method: "POST", body: "naïve" });

  expect(events).toMatchObject([
    {
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: "naïve",
    },
  ]);
});

test("a response has the function's status, headers, cookies and body", async () => {
  const { send } = await open(() =>
    buffered({
      statusCode: 201,
      headers: { "Content-Type": "text/plain", "WWW-Authenticate": "Bearer" },
      multiValueHeaders: { "set-cookie": ["a=1", "b=2"] },
      body: "bWFkZQ==",
      isBase64Encoded: true,
    }),
  );

  const response = await send("/things");

  expect(response.status).toBe(201);
  expect(response.headers.get("content-type")).toBe("text/plain");
  expect(response.headers.get("x-amzn-remapped-www-authenticate")).toBe("Bearer");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("made");
});

test.each([
  ["/nothing", "GET"],
  ["/things", "DELETE"],
  ["/things/1/2", "GET"],
])("%s with %s has no route: 404", async (path, method) => {
  const { send, events } = await open(ok);

  const problem = await problemOf(await send(path, { method }));

  expect(problem).toMatchObject({ type: "not_found", status: 404 });
  expect(events).toEqual([]);
});

test.each(["", "wrong", "PROGRAM"])("the gateway refuses the API key %j", async (key) => {
  const { send, events } = await open(ok);

  const problem = await problemOf(await send("/things", { headers: { "x-api-key": key } }));

  expect(problem).toMatchObject({ type: "forbidden", status: 403 });
  expect(events).toEqual([]);
});

test("each API key has its own usage plan", async () => {
  const { send } = await open(ok, { ratePerSecond: 0.01, burst: 2, perDay: 100 });

  const statuses = [];
  for (const key of ["program", "program", "program", "cloudfront"]) {
    const response = await send("/things", { headers: { "x-api-key": key } });
    statuses.push(response.status);
    if (response.status === 429) expect(response.headers.get("retry-after")).toBe("1");
  }

  expect(statuses).toEqual([200, 200, 429, 200]);
});

test("the gateway refuses a body of more than 10 MB, with or without Content-Length", async () => {
  const { address, send, events } = await open(ok);
  const large = Buffer.alloc(10 * 1024 * 1024 + 1, "x");

  const announced = await send("/things", { method: "POST", body: large });
  const unannounced = request(`${address}/things`, {
    method: "POST",
    headers: { "x-api-key": "program", "transfer-encoding": "chunked" },
  }).end(large);
  const [response] = await once(unannounced, "response");

  expect((await problemOf(announced)).status).toBe(413);
  expect(response.resume().statusCode).toBe(413);
  expect(events).toEqual([]);
});

test("the gateway refuses a body that makes Lambda's event larger than 6 MB", async () => {
  const { send, events } = await open(ok);

  // In the event each quotation mark takes two bytes.
  const fits = await send("/things", { method: "POST", body: '"'.repeat(3_000_000) });
  const large = await send("/things", { method: "POST", body: '"'.repeat(3_200_000) });

  expect([fits.status, (await problemOf(large)).status]).toEqual([200, 413]);
  expect(events.length).toBe(1);
});

test.each([
  ["fails", () => Promise.reject(new InvocationFailed({ errorType: "E", errorMessage: "secret" }))],
  ["answers what is no response", () => ({ kind: "buffered", payload: '"hello"' }) as const],
  ["streams where it should not", () => streamed({ statusCode: 200 }).answer],
  ["answers more than 6 MB", () => buffered({ statusCode: 200, body: "x".repeat(6_291_457) })],
])("a function that %s gives a 502 without details", async (_, answer) => {
  const { send } = await open(answer);

  const problem = await problemOf(await send("/things"));

  expect(problem).toMatchObject({ type: "internal_error", status: 502 });
  expect(problem.detail).not.toContain("secret");
});

test("a streaming route refuses a response without prelude", async () => {
  const { send } = await open(ok);

  expect((await problemOf(await send("/stream"))).status).toBe(502);
});

test("a function that misses its timeout gives a 504", async () => {
  const late = Promise.withResolvers<FunctionResponse>();
  const { send } = await open(() => late.promise);

  const problem = await problemOf(await send("/slow"));
  late.resolve(ok());

  expect(problem).toMatchObject({ type: "gateway_timeout", status: 504 });
});

test("the gateway passes a stream on chunk by chunk", async () => {
  const stream = streamed({ statusCode: 200, headers: { "content-type": "text/event-stream" } });
  const { send } = await open(() => stream.answer);

  const response = await send("/stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  stream.write("one");
  const first = await reader?.read();
  stream.write("two");
  const second = await reader?.read();
  stream.end();

  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect([first?.value, second?.value]).toEqual(["one", "two"]);
  expect(await reader?.read()).toMatchObject({ done: true });
});

test("a function that fails in mid-stream cuts the response", async () => {
  const stream = streamed({ statusCode: 200 });
  const { send } = await open(() => stream.answer);

  const response = await send("/stream");
  stream.write("one");
  stream.end(new InvocationFailed({ errorType: "E", errorMessage: "" }));

  await expect(response.text()).rejects.toThrow("terminated");
});

test("a client that leaves does not stop the function from writing", async () => {
  const stream = streamed({ statusCode: 200 });
  const { send } = await open(() => stream.answer);
  const leaving = new AbortController();
  await send("/stream", { signal: leaving.signal });

  leaving.abort();

  await expect
    .poll(() => {
      const { requested } = stream.state;
      stream.write("more");
      stream.write("more");
      return stream.state.requested - requested;
    })
    .toBe(2);
});

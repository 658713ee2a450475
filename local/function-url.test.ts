import { request } from "node:http";
import { afterEach, expect, test } from "vitest";
import { buffered, fakeHost, streamed } from "#test/support/fake-host.ts";
import { startFunctionUrl } from "./function-url.ts";
import type { HttpServer } from "./http/listen.ts";
import { type FunctionResponse, InvocationFailed } from "./lambda/sandbox.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function open(answer: () => FunctionResponse | Promise<FunctionResponse>) {
  const { host, events } = fakeHost(answer);
  const server = await startFunctionUrl({ functionName: "thing", host });
  servers.push(server);
  return { server, events };
}

test("the function URL turns a request into an event of payload format 2.0", async () => {
  const { server, events } = await open(() => buffered({ statusCode: 200 }));

  await fetch(`${server.address}/any/path?a=1&a=2&b=%C3%BC`, {
    method: "PUT",
    headers: { "X-Mixed-Case": "1", cookie: "a=1; b=2", "content-type": "application/json" },
    body: "{}",
  });

  expect(events).toMatchObject([
    {
      version: "2.0",
      rawPath: "/any/path",
      rawQueryString: "a=1&a=2&b=%C3%BC",
      queryStringParameters: { a: "1,2", b: "ü" },
      cookies: ["a=1", "b=2"],
      headers: { "x-mixed-case": "1", "x-forwarded-for": "127.0.0.1" },
      requestContext: { http: { method: "PUT", path: "/any/path", sourceIp: "127.0.0.1" } },
      body: "{}",
      isBase64Encoded: false,
    },
  ]);
  expect(events[0]).not.toHaveProperty("headers.cookie");
});

test("the function URL gives a path to the function that has its route, for every method", async () => {
  const route = (functionName: string, method: string, path: string) => ({
    ...{ functionName, method, path },
    ...{ private: true, streamed: true, timeoutMs: 900_000 },
  });
  const invoked: string[] = [];
  const server = await startFunctionUrl({
    functionName: "chat-stream",
    routes: [
      route("chat-stream", "GET", "/api/v1/chat"),
      route("create", "POST", "/v1/things"),
      route("get", "GET", "/v1/things/{id}"),
    ],
    host: {
      async invoke(name) {
        invoked.push(name);
        return buffered({ statusCode: 200 });
      },
    },
  });
  servers.push(server);

  for (const [method, path] of [
    ["POST", "/v1/things"],
    ["GET", "/v1/things/1"],
    ["PUT", "/v1/things/1"],
    ["POST", "/api/v1/chat"],
    ["GET", "/nothing"],
  ] as const) {
    await fetch(`${server.address}${path}`, { method });
  }

  expect(invoked).toEqual(["create", "get", "get", "chat-stream", "chat-stream"]);
});

test("an event omits missing parts, and encodes a binary body as base64", async () => {
  const { server, events } = await open(() => buffered({ statusCode: 200 }));

  await fetch(server.address);
  await fetch(server.address, { method: "POST", body: new Uint8Array([255, 0]) });

  for (const absent of ["body", "cookies", "queryStringParameters"]) {
    expect(events[0]).not.toHaveProperty(absent);
  }
  expect(events[1]).toMatchObject({ body: "/wA=", isBase64Encoded: true });
});

test("a streamed response has the status, headers and cookies of its prelude", async () => {
  const stream = streamed({ statusCode: 201, headers: { "x-a": "1" }, cookies: ["a=1", "b=2"] });
  const { server } = await open(() => stream.answer);

  const response = await fetch(server.address);
  stream.write("one");
  stream.end();

  expect(response.status).toBe(201);
  expect(response.headers.get("x-a")).toBe("1");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("one");
});

test("a failed function gives a 502, a body of more than 6 MB a 413", async () => {
  const { server } = await open(() =>
    Promise.reject(new InvocationFailed({ errorType: "E", errorMessage: "secret" })),
  );

  const failed = await fetch(server.address);
  const large = await fetch(server.address, { method: "POST", body: "x".repeat(6_291_457) });

  expect([failed.status, await failed.text()]).toEqual([502, "Internal Server Error"]);
  expect(large.status).toBe(413);
});

test("the server refuses a request whose Host is not this machine", async () => {
  const { server, events } = await open(() => buffered({ statusCode: 200 }));
  const status = (host: string) =>
    new Promise((resolve) => {
      request(server.address, { headers: { host } }, (response) => {
        resolve(response.resume().statusCode);
      }).end();
    });

  expect(await status("evil.example")).toBe(403);
  expect(await status("localhost.evil.example")).toBe(403);
  expect(await status("127.0.0.1.evil.example:3001")).toBe(403);
  expect(events).toEqual([]);
  expect(await status("localhost:3001")).toBe(200);
  expect(await status("[::1]:3001")).toBe(200);
});

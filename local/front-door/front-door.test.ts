import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request as openRequest, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Problem } from "#lib/contract/problem.ts";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { startFrontDoor } from "./front-door.ts";

let pageDirectory: string;
let gateway: HttpServer;
let door: HttpServer;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let seen: IncomingMessage[] = [];

beforeAll(async () => {
  pageDirectory = await mkdtemp(join(tmpdir(), "page-"));
  await mkdir(join(pageDirectory, "assets"));
  await writeFile(join(pageDirectory, "index.html"), "<title>Page</title>");
  await mkdir(join(pageDirectory, "assets", "operator"));
  await writeFile(join(pageDirectory, "operator.html"), "<title>Operator</title>");
  await writeFile(join(pageDirectory, "assets", "operator", "main-1a2b.js"), "start()");
  await writeFile(join(pageDirectory, "shared.html"), "<title>Shared</title>");
  await writeFile(join(pageDirectory, "assets", "main-1a2b.js"), "start()");
  await writeFile(join(pageDirectory, "manifest.webmanifest"), "{}");
  await writeFile(join(pageDirectory, ".secret"), "hidden");
  gateway = await listen((request, response) => {
    seen.push(request);
    serve(request, response);
  });
  door = await startFrontDoor({
    pageDirectory,
    gatewayAddress: gateway.address,
    apiKey: "cloudfront",
    bucketOrigin: "http://127.0.0.1:3002",
  });
});
afterAll(async () => {
  await door.close();
  await gateway.close();
  await rm(pageDirectory, { recursive: true });
});
beforeEach(() => {
  seen = [];
  serve = (_, response) => response.end("answer");
});

test.each([
  ["/", "Page"],
  ["/c/0b9c7a1e-0000-4000-8000-000000000000", "Page"],
  ["/c/0B9C7A1E-0000-4000-8000-000000000000?x=1", "Page"],
  ["/approve/eyJhbGci.eyJpc3Mi.b-6_", "Page"],
  ["/operator", "Operator"],
])("%s is the page, revalidated each time, under a strict policy", async (path, title) => {
  const response = await fetch(`${door.address}${path}`);

  expect(await response.text()).toBe(`<title>${title}</title>`);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(response.headers.get("content-security-policy")).toContain(
    "connect-src 'self' http://127.0.0.1:3002;",
  );
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.has("strict-transport-security")).toBe(false);
});

test("a link to a conversation has a page of its own", async () => {
  const response = await fetch(`${door.address}/shared/${"a-_".repeat(14)}1`);

  expect(await response.text()).toBe("<title>Shared</title>");
  expect(response.headers.get("x-robots-tag")).toBe("noindex, nofollow");
});

test.each(["/assets/main-1a2b.js", "/assets/operator/main-1a2b.js"])(
  "%s is immutable, and a matching ETag gets a 304",
  async (path) => {
    const url = `${door.address}${path}`;
    const response = await fetch(url);
    const etag = response.headers.get("etag") ?? "";
    const again = await fetch(url, { headers: { "if-none-match": etag } });

    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(again.status).toBe(304);
  },
);

test("the manifest has its type and is revalidated", async () => {
  const response = await fetch(`${door.address}/manifest.webmanifest`);

  expect(response.headers.get("content-type")).toBe("application/manifest+json");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-security-policy")).toContain("manifest-src 'self'");
});

test.each([
  "/v9/nothing",
  "/login",
  "/c/",
  "/c/0b7c",
  "/approve",
  "/shared/",
  "/shared/abc",
  "/approve/",
  "/approve/a/b",
  "/approve/a%2fb",
  "/c/0b9c7a1e-0000-4000-8000-000000000000/",
  "/api",
  "/healthy",
  "/index.htm",
  "/.secret",
  "/.well-known/x",
  "/assets/",
  "/assets/..%2f.secret",
  "/assets/.hidden.js",
  "/assets/deeper/main-1a2b.js",
  "/assets/operator/",
  "/assets/operator/.hidden.js",
  "/operator/",
  "/Operator",
  "/service-worker.js.map",
  "/icons/",
  "/icons/../.secret.png",
  "/icons/icon.svg",
  "/a/%00.js",
  "/x.html/",
  "/%",
  "/%E0%A4%A",
  "/%c3%28",
  "//",
  "//evil.example/",
  `/${"a".repeat(300)}`,
  `/${"a".repeat(300)}.js`,
  `/${"a/".repeat(2_000)}b.js`,
])("%.60s is not an address of the page: programs get a problem, browsers a page", async (path) => {
  const ask = (accept: string) => fetch(`${door.address}${path}`, { headers: { accept } });

  const program = await ask("*/*");
  expect(program.status).toBe(404);
  expect(program.headers.get("content-type")).toBe("application/problem+json");
  expect(v.parse(Problem, await program.json())).toMatchObject({ type: "not_found", status: 404 });

  const browser = await ask("text/html,application/xhtml+xml,*/*;q=0.8");
  expect(browser.status).toBe(404);
  expect(browser.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(browser.headers.get("cache-control")).toBe("no-store");
  expect(await browser.text()).toContain("Page not found");
});

test.each([
  "/assets/main-0000.js",
  "/assets/MAIN-1A2B.js",
  "/assets/assets",
  `/assets/${"a".repeat(300)}.js`,
  `/assets/${"a".repeat(5_000)}`,
  "/favicon.svg",
  "/icons/icon-512.png",
])("%.40s is a missing file: S3's 404", async (path) => {
  const response = await fetch(`${door.address}${path}`);

  expect(response.status).toBe(404);
  expect(await response.text()).toContain("NoSuchKey");
});

test("a HEAD of the page has headers and no body", async () => {
  const response = await fetch(door.address, { method: "HEAD" });

  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe("19");
  expect(await response.text()).toBe("");
});

test.each([
  ["a list", (etag: string) => `"other", ${etag}`, 304],
  ["a weak tag", (etag: string) => `W/${etag}`, 304],
  ["any", () => "*", 304],
  ["another", () => '"other"', 200],
  ["no tag", () => "nothing", 200],
])("If-None-Match with %s follows RFC 9110", async (_case, header, status) => {
  const url = `${door.address}/assets/main-1a2b.js`;
  const etag = (await fetch(url)).headers.get("etag") ?? "";
  const again = await fetch(url, { headers: { "if-none-match": header(etag) } });

  expect(again.status).toBe(status);
});

test("the page refuses other methods than GET and HEAD", async () => {
  expect((await fetch(door.address, { method: "POST" })).status).toBe(403);
});

test("a request to the API carries only what CloudFront forwards", async () => {
  const passed = {
    accept: "application/json",
    "content-type": "application/json",
    origin: "http://localhost:3000",
    "sec-fetch-site": "same-origin",
    "last-event-id": "7",
    "idempotency-key": "key",
    "x-request-id": "request",
    prefer: "respond-async",
    "user-agent": "test",
    cookie: "session=1; other=2",
  };
  const stripped = {
    authorization: "Bearer token",
    "x-api-key": "own",
    "cloudfront-viewer-address": "203.0.113.1:1",
    "x-forwarded-for": "203.0.113.1",
    "x-anything": "else",
  };

  await new Promise<void>((resolve) => {
    openRequest(
      `${door.address}/api/v1/chat?a=%20b`,
      { method: "POST", headers: { ...passed, ...stripped } },
      (response) => response.resume().once("end", resolve),
    ).end("{}");
  });

  const [request] = seen;
  const {
    connection: _,
    host,
    "content-length": length,
    "transfer-encoding": coding,
    ...rest
  } = request?.headers ?? {};
  expect(request?.url).toBe("/api/v1/chat?a=%20b");
  expect(host).toBe(new URL(gateway.address).host);
  expect(length ?? coding).toBeDefined();
  expect(rest).toEqual({
    ...passed,
    "x-api-key": "cloudfront",
    "cloudfront-viewer-address": expect.stringMatching(/^127\.0\.0\.1:\d+$/),
  });
});

test.each(["/api/ai-sdk/chat", "/v1/responses?stream=true", "/ag-ui", "/mcp", "/mcp/nothing"])(
  "%s is of other people's clients: their headers pass, and cookies do not",
  async (path) => {
    const headers = {
      authorization: "Bearer key",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "ask",
      "x-stainless-retry-count": "1",
      "user-agent": "test",
    };
    const stripped = { cookie: "session=1", "x-api-key": "own", "x-stainless-os": "Linux" };
    await fetch(`${door.address}${path}`, {
      method: "POST",
      headers: { ...headers, ...stripped },
      body: "{}",
    });

    expect(seen[0]?.headers).toMatchObject({ ...headers, "x-api-key": "cloudfront" });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain("cookie");
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain("x-stainless-os");
  },
);

test("the front door forwards Authorization to no other path but /api/logout", async () => {
  const headers = { authorization: "Bearer token", "x-api-key": "own" };
  await fetch(`${door.address}/api/logout`, { method: "POST", headers });
  await fetch(`${door.address}/api/logout/`, { method: "POST", headers });
  await fetch(`${door.address}/api/me`, { headers });

  expect(seen.map((request) => request.headers.authorization)).toEqual([
    "Bearer token",
    undefined,
    undefined,
  ]);
  expect(seen.map((request) => request.headers["x-api-key"])).toEqual(Array(3).fill("cloudfront"));
});

test("the front door forwards /health, and returns the response unchanged", async () => {
  serve = (_, response) => {
    response.writeHead(503, { "retry-after": "5", "set-cookie": ["a=1", "b=2"] }).end("down");
  };

  const response = await fetch(`${door.address}/health`);

  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("down");
});

test("the front door passes a stream on chunk by chunk", async () => {
  const opened = Promise.withResolvers<ServerResponse>();
  serve = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    opened.resolve(response);
  };

  const response = await fetch(`${door.address}/api/v1/chat`);
  const upstream = await opened.promise;
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  upstream.write("one");
  const first = await reader?.read();
  upstream.end("two");

  expect(first?.value).toBe("one");
  expect((await reader?.read())?.value).toBe("two");
});

test("the front door ends the request to the gateway when the browser leaves", async () => {
  const closed = Promise.withResolvers<void>();
  serve = (_, response) => {
    response.once("close", closed.resolve);
    response.writeHead(200).flushHeaders();
  };
  const leaving = new AbortController();
  await fetch(`${door.address}/api/v1/chat`, { signal: leaving.signal });

  leaving.abort();

  await closed.promise;
});

test("the front door cuts a response that the gateway cuts", async () => {
  serve = (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("part");
    setImmediate(() => response.destroy());
  };

  const answer = fetch(`${door.address}/api/v1/chat`).then((response) => response.text());

  await expect(answer).rejects.toThrow();
});

test("the front door returns the refusal of a large body that the gateway does not read", async () => {
  serve = (_, response) => response.writeHead(413).end("too large");

  const response = await fetch(`${door.address}/api/v1/chat`, {
    method: "POST",
    body: Buffer.alloc(5_000_000),
  });

  expect(response.status).toBe(413);
});

test("a connection serves the next request after one that was refused before its body was read", async () => {
  serve = (request, response) => {
    if (request.method === "POST") response.writeHead(413).end("too large");
    else response.end("answer");
  };
  const socket = connect(door.port, "127.0.0.1");
  const bodyBytes = 5_000_000;
  const head = `POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString();
  });
  socket.write(head + "x".repeat(100));
  await expect.poll(() => received).toContain("too large");

  socket.write("x".repeat(bodyBytes - 100));
  socket.write("GET /api/me HTTP/1.1\r\nHost: localhost\r\n\r\n");

  await expect.poll(() => received).toContain("answer");
  socket.destroy();
});

test("the server refuses a request whose Host is not this machine", async () => {
  const request = openRequest(door.address, { headers: { host: "evil.example" } });
  request.end();
  const [response] = await once(request, "response");

  expect(response.statusCode).toBe(403);
});

test.each(["GET", "DELETE", "POST"])(
  "a body of unknown length stays the body of its %s, and never becomes another request",
  async (method) => {
    const bodies: string[] = [];
    serve = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push(Buffer.concat(chunks).toString());
        response.end("answer");
      });
    };
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const request = openRequest(`${door.address}/api/me`, {
      method,
      headers: { "transfer-encoding": "chunked" },
    });
    request.end(smuggled);
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "end");
    // Reuses the origin's connection: a smuggled request would get its response first.
    await (await fetch(`${door.address}/api/me`)).text();

    expect(seen.map(({ url }) => url)).toEqual(["/api/me", "/api/me"]);
    expect(bodies[0]).toBe(smuggled);
  },
);

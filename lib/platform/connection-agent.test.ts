import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { afterEach, expect, it, vi } from "vitest";
import { type ConnectionAgent, createConnectionAgent } from "./connection-agent.ts";

let servers: Server[] = [];
let agents: ConnectionAgent[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const { http, https } of agents) {
    http.destroy();
    https.destroy();
  }
  for (const server of servers) server.close();
  agents = [];
  servers = [];
});

function openAgent(...options: Parameters<typeof createConnectionAgent>): ConnectionAgent {
  const agent = createConnectionAgent(...options);
  agents.push(agent);
  return agent;
}

/** A server that counts its connections and the requests on them. */
async function startServer() {
  const sockets: Socket[] = [];
  let requests = 0;
  const server = http.createServer((_, response) => {
    requests += 1;
    response.end("hello");
  });
  server.on("connection", (socket) => sockets.push(socket));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    sockets,
    get requests() {
      return requests;
    },
  };
}

async function get(url: URL, agent: http.Agent): Promise<string> {
  const request = (url.protocol === "https:" ? https : http).get(url, { agent });
  const [response] = await once(request, "response");
  return (await response.setEncoding("utf8").toArray()).join("");
}

it("the first request uses the early connection, and the next request reuses it", async () => {
  const server = await startServer();
  const agent = openAgent();

  await agent.connect(server.url);
  expect(server.requests).toBe(0);
  expect(await get(server.url, agent.http)).toBe("hello");
  expect(await get(server.url, agent.http)).toBe("hello");

  expect(server.sockets).toHaveLength(1);
});

it("a request uses the early connection while it opens", async () => {
  const server = await startServer();
  const agent = openAgent();

  const connected = agent.connect(server.url);
  expect(await get(server.url, agent.http)).toBe("hello");
  await connected;

  expect(server.sockets).toHaveLength(1);
});

it("two requests at the same time share no connection", async () => {
  const server = await startServer();
  const agent = openAgent();

  await agent.connect(server.url);
  await Promise.all([get(server.url, agent.http), get(server.url, agent.http)]);

  expect(server.sockets).toHaveLength(2);
});

it("a request opens its own connection if the server has closed the early one", async () => {
  const server = await startServer();
  const agent = openAgent();

  await agent.connect(server.url);
  await expect.poll(() => server.sockets.length).toBe(1);
  const [socket] = server.sockets;
  socket?.end();
  await once(socket as Socket, "close");

  expect(await get(server.url, agent.http)).toBe("hello");
  expect(server.sockets).toHaveLength(2);
});

it("a request opens its own connection if the early one has waited for longer than ten seconds", async () => {
  const server = await startServer();
  const agent = openAgent();

  await agent.connect(server.url);
  vi.useFakeTimers({ now: Date.now() + 10_001, toFake: ["Date"] });

  expect(await get(server.url, agent.http)).toBe("hello");
  expect(server.sockets).toHaveLength(2);
});

it("a failed early connection fails no one, and the next request opens its own", async () => {
  const agent = openAgent();
  const server = await startServer();
  const unused = new URL("http://127.0.0.1:1");

  await agent.connect(unused);
  await expect(get(unused, agent.http)).rejects.toThrow("ECONNREFUSED");
  expect(await get(server.url, agent.http)).toBe("hello");
});

it("an idle connection closes after the given time", async () => {
  const server = await startServer();
  const agent = openAgent({ idleMs: 20 });

  expect(await get(server.url, agent.http)).toBe("hello");
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);

  expect(await get(server.url, agent.http)).toBe("hello");
  expect(server.sockets).toHaveLength(2);
});

it("an early connection to https includes TLS, and the first request uses it", async () => {
  // A shared key instead of a certificate.
  const key = Buffer.from("0123456789abcdef");
  const shared = { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" } as const;
  const options: TlsOptions = { ...shared, pskCallback: () => key };
  const secured: Socket[] = [];
  const server = createTlsServer(options, (socket) => {
    secured.push(socket);
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const agent = openAgent();
  Object.assign(agent.https.options, {
    ...shared,
    pskCallback: () => ({ psk: key, identity: "test" }),
    checkServerIdentity: () => undefined,
  });

  await agent.connect(url);
  await expect.poll(() => secured.length).toBe(1);
  expect(await get(url, agent.https)).toBe("hello");

  expect(secured).toHaveLength(1);
});

import { request } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { type McpServerPart, startMcpServer } from "./start-mcp-server.ts";

const server: McpServerPart = await startMcpServer({ pauseMs: 1 });
afterAll(() => server.close());

const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

/** Sends a request as it is: `fetch` would set its own Host. */
function send(headers: Record<string, string>, body = JSON.stringify(list), path = "/mcp") {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const url = new URL(path, server.address);
  const sent = request(url, {
    method: "POST",
    headers: {
      ...{ "content-type": "application/json", accept: "application/json, text/event-stream" },
      ...{ authorization: server.authorization, ...headers },
    },
  });
  sent.once("response", (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.once("error", reject);
  sent.end(body);
  return promise;
}

describe("the sample server", () => {
  it("answers a client of this machine with the key", async () => {
    expect(await send({})).toBe(200);
    expect(await send({ origin: "http://localhost:3000" })).toBe(200);
  });

  it.each([
    ["another host", { host: "evil.example" }, 403],
    ["a page of another origin", { origin: "https://evil.example" }, 403],
    ["a page without an origin", { origin: "null" }, 403],
    ["a wrong key", { authorization: "Bearer wrong" }, 401],
  ])("refuses %s", async (_, headers, status) => {
    expect(await send(headers)).toBe(status);
  });

  it("refuses another path, and a body of more than 256 KB", async () => {
    expect(await send({}, "", "/")).toBe(404);
    expect(await send({}, "x".repeat(300 * 1024))).toBe(413);
  });
});

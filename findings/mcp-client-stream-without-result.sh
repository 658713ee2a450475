#!/usr/bin/env bash
# @modelcontextprotocol/client 2.4.0 waits for the timeout when a server's stream ends without the result.
#
# A server answers tools/call with a stream of events, and the stream ends before the result: a proxy cut it, or the process
# died. No result can come on it any more, and the events had no id by which the stream could be resumed. The client notices the
# end (its transport calls `onRequestStreamEnd`), but a request passes no such function, so callTool rejects only after its
# timeout, by default a minute later, with "Request timed out".
# Expected: callTool rejects when the stream has ended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @modelcontextprotocol/client@2.4.0 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const version = "2026-07-28";
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const { id, method } = JSON.parse(body);
  if (method === "tools/call") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    return response.end();
  }
  const result = { resultType: "complete", supportedVersions: [version], capabilities: { tools: {} } };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = new URL(`http://127.0.0.1:${server.address().port}/mcp`);
const client = new Client({ name: "finding", version: "1" }, { versionNegotiation: { mode: "auto" } });
await client.connect(new StreamableHTTPClientTransport(url));
const started = performance.now();
const message = await client
  .callTool({ name: "look", arguments: {} }, { timeout: 3_000 })
  .then(() => "a result", (error) => error.message);
console.log(`${message} after ${performance.now() - started < 2_900 ? "the stream's end" : "3 s"}`);
await client.close();
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "Request timed out after 3 s" ]

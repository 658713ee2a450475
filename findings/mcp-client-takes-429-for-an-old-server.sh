#!/usr/bin/env bash
# @modelcontextprotocol/client 2.4.0 takes a server that answers 429 for one of 2025.
#
# With `versionNegotiation: { mode: "auto" }` the client first asks for the protocol's version. A server of 2026-07-28 that
# gets too many requests at this moment answers 429 with Retry-After. The client then speaks 2025 with it for the whole
# connection, although the status says nothing about the version; a 503 is an error, as one expects.
# Expected: an error for the 429, as for the 503.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @modelcontextprotocol/client@2.4.0 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

for (const status of [429, 503]) {
  const methods = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { id, method } = body === "" ? {} : JSON.parse(body);
    if (method) methods.push(method);
    if (method === "server/discover") {
      return response.writeHead(status, { "retry-after": "1" }).end();
    }
    if (method !== "initialize") return response.writeHead(202).end();
    const result = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      serverInfo: { name: "server", version: "1" },
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(`http://127.0.0.1:${server.address().port}/mcp`);
  const client = new Client({ name: "finding", version: "1" }, { versionNegotiation: { mode: "auto" } });
  const end = await client.connect(new StreamableHTTPClientTransport(url)).then(
    () => client.getNegotiatedProtocolVersion(),
    () => "an error",
  );
  console.log(`${status}: ${end} (${methods.join(", ")})`);
  await client.close();
  server.close();
  server.closeAllConnections();
}
JS
seen=$(node run.mjs)
echo "$seen"
expected="429: 2025-11-25 (server/discover, initialize, notifications/initialized)
503: an error (server/discover)"
[ "$seen" = "$expected" ]

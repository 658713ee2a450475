#!/usr/bin/env bash
# openai 7.59.0 hands over an `error` event of the Responses API, or throws, by a line that the event's type repeats.
#
# A server of the Responses API reports a failure in a stream with {"type": "error", "message": …}. The SDK declares it as one of the
# events of a stream (ResponseErrorEvent). A program receives it only if the server leaves out the line `event: error` above the data.
# With the line, as every other event has it, the loop throws APIError and the event never arrives.
# Expected: one form for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact openai@7.59.0 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import OpenAI from "openai";

const response = (status, output = []) => ({ id: "resp_1", object: "response", created_at: 1, model: "m", status, output });

const failure = { type: "error", sequence_number: 1, code: "server_error", message: "Broken", param: null };
const server = createServer((request, answer) => {
  const name = request.url.startsWith("/named") ? "event: error\n" : "";
  answer.writeHead(200, { "content-type": "text/event-stream" });
  answer.write(`data: ${JSON.stringify({ type: "response.created", sequence_number: 0, response: response("in_progress") })}\n\n`);
  answer.end(`${name}data: ${JSON.stringify(failure)}\n\n`);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
for (const path of ["named", "unnamed"]) {
  const client = new OpenAI({ apiKey: "x", baseURL: `http://127.0.0.1:${server.address().port}/${path}`, maxRetries: 0 });
  const seen = [];
  try {
    for await (const event of await client.responses.create({ model: "m", input: "x", stream: true })) seen.push(event.type);
  } catch (error) {
    seen.push(`thrown ${error.constructor.name}: ${error.message}`);
  }
  console.log(`${path}: ${seen.join(", ")}`);
}
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "named: response.created, thrown APIError: Broken
unnamed: response.created, error" ]

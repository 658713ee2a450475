#!/usr/bin/env bash
# openai 7.59.0: responses.stream({ response_id, starting_after }) asks the server for the whole stream.
#
# A program follows a background response and, after a broken connection, goes on behind the last number that it has. The helper takes
# `starting_after`, does not send it, receives every event again, and drops what it was not asked for. responses.retrieve with the same
# option sends it.
# Expected: the helper sends starting_after, too. A long answer is downloaded once more with each reconnect.
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

const asked = [];
const server = createServer((request, answer) => {
  const url = new URL(request.url, "http://localhost");
  asked.push(url.searchParams.get("starting_after"));
  const first = 1 + Number(url.searchParams.get("starting_after") ?? -1);
  answer.writeHead(200, { "content-type": "text/event-stream" });
  const types = ["response.created", "response.in_progress", "response.completed"];
  types.slice(first).forEach((type, index) => {
    const event = { type, sequence_number: first + index, response: response(type === types[2] ? "completed" : "in_progress") };
    answer.write(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  });
  answer.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new OpenAI({ apiKey: "x", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
const numbers = [];
const stream = client.responses.stream({ response_id: "resp_1", starting_after: 1 });
stream.on("event", (event) => numbers.push(event.sequence_number));
await stream.finalResponse();
console.log(`stream asked after ${asked.pop()}, handed over ${numbers}`);
const retrieved = [];
for await (const event of await client.responses.retrieve("resp_1", { stream: true, starting_after: 1 })) retrieved.push(event.sequence_number);
console.log(`retrieve asked after ${asked.pop()}, handed over ${retrieved}`);
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "stream asked after null, handed over 2
retrieve asked after 1, handed over 2" ]

#!/usr/bin/env bash
# openai 7.59.0: finalResponse() of a stream that was cut in the middle of the text resolves with half of the text.
#
# A proxy or a dying process ends the stream of a response before `response.completed`. The helper resolves as it does after a whole
# answer; only `status` says "in_progress". The helper of Chat Completions rejects in the same case with "missing finish_reason".
# Expected: finalResponse() rejects, because no final response came.
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

const item = { type: "message", id: "msg_1", role: "assistant", status: "in_progress", content: [] };
const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
const part = { type: "output_text", text: "", annotations: [] };
const events = [
  { type: "response.created", response: response("in_progress") },
  { type: "response.output_item.added", output_index: 0, item },
  { type: "response.content_part.added", ...place, part },
  { type: "response.output_text.delta", ...place, delta: "Transfer 100 USD only if" },
];
const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const choice = { index: 0, delta: { role: "assistant", content: "Transfer 100 USD only if" }, finish_reason: null };
const server = createServer((request, answer) => {
  answer.writeHead(200, { "content-type": "text/event-stream" });
  if (request.url.endsWith("/chat/completions")) answer.write(`data: ${JSON.stringify({ ...chunk, choices: [choice] })}\n\n`);
  else
    events.forEach((event, index) =>
      answer.write(`event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`),
    );
  answer.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new OpenAI({ apiKey: "x", baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
const outcome = (promise) => promise.then((value) => `resolved: ${value}`, (error) => `rejected: ${error.message}`);
const final = client.responses.stream({ model: "m", input: "x" }).finalResponse();
console.log(await outcome(final.then(({ status, output_text }) => `${status}, ${output_text}`)));
const messages = [{ role: "user", content: "x" }];
console.log(await outcome(client.chat.completions.stream({ model: "m", messages }).finalContent()));
server.close();
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "resolved: in_progress, Transfer 100 USD only if
rejected: missing finish_reason for choice 0" ]

#!/usr/bin/env bash
# @langchain/aws 1.4.5 changes a model's own answer when the application sends it back with the tool's result.
#
# Converse returns an answer as blocks in order, and a model expects its signed blocks back as they came. Here the model
# answers "signed thought without text, text, tool call, text". The application passes the AIMessage on unchanged, with
# the failed result of the tool, as an agent loop does. Seen in the next request:
#   - the tool call stands behind both texts (the order is lost)
#   - the signed thought without text is missing
#   - the ToolMessage's status "error" is missing (Converse has toolResult.status)
# Expected: the same blocks in the same order, and status "error".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @langchain/aws@1.4.5 @langchain/core@1.4.0 \
  @aws-sdk/client-bedrock-runtime@3.1164.0 @smithy/node-http-handler@4.14.2 >/dev/null
cat >run.mjs <<'JS'
import { createServer } from "node:http";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const answers = [
  [
    { reasoningContent: { reasoningText: { text: "", signature: "c2lnbmVk" } } },
    { text: "I look it up." },
    { toolUse: { toolUseId: "call_1", name: "clock", input: {} } },
    { text: "One moment." },
  ],
  [{ text: "It stands still." }],
];
const requests = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const content = answers[requests.push(JSON.parse(body)) - 1];
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      output: { message: { role: "assistant", content } },
      stopReason: "end_turn",
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      metrics: { latencyMs: 1 },
    }),
  );
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint: `http://127.0.0.1:${server.address().port}`,
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  requestHandler: new NodeHttpHandler(),
  maxAttempts: 1,
});
const model = new ChatBedrockConverse({ model: "amazon.nova-2-lite-v1:0", region: "us-east-1", client });
const question = new HumanMessage("What time is it?");
const answer = await model.invoke([question]);
const result = new ToolMessage({ tool_call_id: "call_1", status: "error", content: "No clock." });
await model.invoke([question, answer, result]);
server.close();
const [, assistant, tool] = requests[1].messages;
console.log("came:", answers[0].map((block) => Object.keys(block)[0]).join(", "));
console.log("sent back:", assistant.content.map((block) => Object.keys(block)[0]).join(", "));
console.log("status of the failed result:", tool.content[0].toolResult.status);
JS
seen=$(node run.mjs)
echo "$seen"
expected="came: reasoningContent, text, toolUse, text
sent back: text, text, toolUse
status of the failed result: undefined"
[ "$seen" = "$expected" ]

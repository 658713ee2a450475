// What a team would write without this project: Node's HTTP server, LangGraph, ChatBedrockConverse and PostgresSaver as
// their documentation shows them. It has neither login, rate limit nor idempotency.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { ChatBedrockConverse } from "@langchain/aws";
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const { BEDROCK_ENDPOINT: endpoint, BEDROCK_MODEL_ID: model, DATABASE_URL, PORT } = process.env;
const multiply = ({ expression }) => String(expression.split("*").reduce((a, b) => a * b, 1));
const calculator = tool(multiply, {
  name: "calculator",
  description: "Multiplies numbers, for example 24 * 12.5",
  schema: {
    type: "object",
    properties: { expression: { type: "string" } },
    required: ["expression"],
  },
});
// The stand-in for Bedrock speaks HTTP/1.1.
const client = new BedrockRuntimeClient({
  region: "us-east-1",
  endpoint,
  requestHandler: new NodeHttpHandler(),
});
const chat = new ChatBedrockConverse({ model, client, region: "us-east-1" }).bindTools([
  calculator,
]);
const checkpointer = PostgresSaver.fromConnString(DATABASE_URL);
await checkpointer.setup();
const graph = new StateGraph(MessagesAnnotation)
  .addNode("model", async ({ messages }) => ({ messages: [await chat.invoke(messages)] }))
  .addNode("tools", new ToolNode([calculator]))
  .addEdge("__start__", "model")
  .addConditionalEdges("model", toolsCondition)
  .addEdge("tools", "model")
  .compile({ checkpointer });

const server = createServer(async (request, response) => {
  const { message, conversation_id: thread_id = crypto.randomUUID() } = await json(request);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const options = { configurable: { thread_id }, streamMode: "messages" };
  const input = { messages: [{ role: "user", content: message }] };
  for await (const [chunk, { langgraph_node }] of await graph.stream(input, options)) {
    if (langgraph_node !== "model" || chunk.text === "") continue;
    response.write(`data: ${JSON.stringify({ text: chunk.text })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
});
server.listen(Number(PORT), "127.0.0.1");

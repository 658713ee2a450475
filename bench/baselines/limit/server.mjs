// The limit of what any server on Node can do: it streams a fixed answer, without a model, LangGraph or a database.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

const { ANSWER, PORT } = process.env;
const tokens = JSON.parse(ANSWER);

const server = createServer(async (request, response) => {
  await json(request);
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const text of tokens) {
    response.write(`data: ${JSON.stringify({ text })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
});
server.listen(Number(PORT), "127.0.0.1");

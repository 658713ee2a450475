import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { Agent } from "#lib/agent/agent.ts";
import { createClaimWithThread } from "#lib/chat/claim-with-thread.ts";
import { createTurnStore } from "#lib/conversations/turn-store.ts";
import { bucketOf, databaseOf, limitedParts } from "../parts.ts";
import { createAcceptAndStream, createChatStream, createUnknownRoute } from "./route.ts";

const { bucket: getBucket, ...real } = limitedParts("chat-stream", "chatGet");
const { config, telemetry } = real;

let agent: Promise<Agent> | undefined;
/** The agent is most of this function's code; requests that are refused never load it. */
const loadAgent = () => {
  agent ??= createRealAgent().catch((error: unknown) => {
    agent = undefined; // the next turn tries again
    throw error;
  });
  return agent;
};

async function createRealAgent(): Promise<Agent> {
  const [{ createAgent }, { builtInTools }] = await Promise.all([
    import("#lib/agent/agent.ts"),
    import("#lib/tools/built-in-tools.ts"),
  ]);
  return createAgent({
    modelId: config.modelId,
    fallbackModelId: config.fallbackModelId,
    temperature: config.temperature,
    idleTimeouts: {
      firstTokenMs: config.firstWordSeconds * 1_000,
      betweenTokensMs: config.silenceSeconds * 1_000,
    },
    region: config.region,
    bedrockEndpoint: config.endpoints.bedrock,
    threadTokens: config.threadTokens,
    telemetry,
    tools: builtInTools,
  });
}

const database = databaseOf(real);
const turns = createTurnStore({
  database,
  leaseSeconds: config.leaseSeconds,
  ownerBounds: config.ownerBounds,
});

const parts = {
  ...real,
  getBucket,
  postBucket: bucketOf(real, "chatPost"),
  turns,
  claim: createClaimWithThread(database, turns),
  loadAgent,
  turnDeadlineSeconds: config.turnDeadlineSeconds,
  messageLimit: config.messageLimit,
};

const followOrRun = asStreaming(createChatStream(parts));
const acceptAndStream = asStreaming(createAcceptAndStream(parts));
const unknown = asStreaming(createUnknownRoute(parts));

/** API Gateway sends only what serverless.yml names; the function URL sends everything. */
function routeOf(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): StreamingHandler {
  if (!("rawPath" in event)) return followOrRun;
  if (event.rawPath !== "/api/v1/chat") return unknown;
  const { method } = event.requestContext.http;
  if (method === "POST") return acceptAndStream;
  return method === "GET" ? followOrRun : unknown;
}

export const handler = awslambda.streamifyResponse(
  async (event: APIGatewayProxyEvent | APIGatewayProxyEventV2, stream, context) => {
    await routeOf(event)(event, stream, context);
  },
);

type StreamingHandler = (
  event: APIGatewayProxyEvent | APIGatewayProxyEventV2,
  stream: awslambda.HttpResponseStream,
  context: Context,
) => Promise<void>;

/** Middy's types know only the buffered call; in its streaming mode the runtime's stream comes second. */
function asStreaming(route: unknown): StreamingHandler {
  return route as StreamingHandler;
}

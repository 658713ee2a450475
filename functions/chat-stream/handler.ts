import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { BedrockAgent } from "#lib/agent/agent.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { createThreadClaims } from "#lib/chat/claim-with-thread.ts";
import { createTurnStore } from "#lib/conversations/turn-store.ts";
import {
  createLimitedDependencies,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import { createAcceptAndStream, createChatStream, createUnknownRoute } from "./route.ts";

const { bucket: getBucket, ...shared } = createLimitedDependencies("chat-stream", "chatGet");
const { config, telemetry } = shared;
const database = createRouteDatabase(shared);
const turns = createTurnStore({
  database,
  leaseSeconds: config.leaseSeconds,
  ownerBounds: config.ownerBounds,
  budget: turnBudgetOf(config),
});

const dependencies = {
  ...shared,
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  turns,
  ...createThreadClaims(database, turns),
  loadAgent,
  turnDeadlineMs: config.turnDeadlineSeconds * 1_000,
  messageLimit: config.messageLimit,
};
const streamTurns = asStreaming(createChatStream(dependencies));
const acceptAndStream = asStreaming(createAcceptAndStream(dependencies));
const unknownRoute = asStreaming(createUnknownRoute(dependencies));

export const handler = awslambda.streamifyResponse(async (event: Event, stream, context) => {
  await routeOf(event)(event, stream, context);
});

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
function routeOf(event: Event): StreamingHandler {
  if (!("rawPath" in event)) return event.httpMethod === "POST" ? acceptAndStream : streamTurns;
  const { method } = event.requestContext.http;
  switch (`${method} ${event.rawPath}`) {
    case "POST /api/v1/chat":
    case "POST /api/v1/chat/stream":
      return acceptAndStream;
    case "GET /api/v1/chat":
      return streamTurns;
    default:
      return unknownRoute;
  }
}

/** Middy's types describe only the buffered call. In its streaming mode the second argument is Lambda's stream. */
function asStreaming(route: unknown): StreamingHandler {
  return route as StreamingHandler;
}

type StreamingHandler = (
  event: Event,
  stream: awslambda.HttpResponseStream,
  context: Context,
) => Promise<void>;

let agent: Promise<BedrockAgent> | undefined;

/** Loads the agent once. It is most of this function's code. */
function loadAgent(): Promise<BedrockAgent> {
  agent ??= createConfiguredAgent().catch((error: unknown) => {
    agent = undefined; // The next turn tries again.
    throw error;
  });
  return agent;
}

async function createConfiguredAgent(): Promise<BedrockAgent> {
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
    modelPrices: config.modelPrices,
    tools: builtInTools,
  });
}

async function connectAgent(): Promise<void> {
  await (await loadAgent()).connect();
}

shared.preparation.add(connectAgent(), import("#lib/thread/turn-thread.ts"));
await shared.preparation.finish();

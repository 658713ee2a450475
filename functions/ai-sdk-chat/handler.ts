import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { createRunner } from "#lib/chat/runner.ts";
import { getConversation } from "#lib/conversations/get-conversation.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import {
  createCallerDependencies,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import {
  createAiSdkMessages,
  createAiSdkResume,
  createAiSdkSend,
  createAiSdkStop,
  createAiSdkUnknown,
} from "./route.ts";

const { bucket: getBucket, ...shared } = createCallerDependencies("ai-sdk-chat", "chatGet");
const { config, secrets, telemetry } = shared;
const database = createRouteDatabase(shared);
const runner = createRunner({ config, database, secrets, telemetry });
const lambda = createLambda(config);

const dependencies = {
  ...shared,
  ...runner,
  approvalLinks: createApprovalLinks({
    tokenKeys: secrets.tokenKeys,
    publicOrigin: shared.publicOrigin,
  }),
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  stopBucket: createRouteBucket(shared, "chatStop"),
  conversationBucket: createRouteBucket(shared, "conversations"),
  getConversation: (input) => getConversation(database, input),
  messageLimit: config.messageLimit,
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
} satisfies Parameters<typeof createAiSdkSend>[0];
const send = asStreaming(createAiSdkSend(dependencies));
const resume = asStreaming(createAiSdkResume(dependencies));
const messages = asStreaming(createAiSdkMessages(dependencies));
const stop = asStreaming(createAiSdkStop(dependencies));
const unknown = asStreaming(createAiSdkUnknown(dependencies));

export const handler = awslambda.streamifyResponse(async (event: Event, stream, context) => {
  await routeOf(event)(event, stream, context);
});

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
function routeOf(event: Event): StreamingHandler {
  const isUrl = "rawPath" in event;
  const path = isUrl ? event.rawPath : event.path;
  const method = isUrl ? event.requestContext.http.method : event.httpMethod;
  const [isOurs, id, stream] = /^\/api\/ai-sdk\/chat(?:\/([^/]+)(\/stream)?)?\/?$/.exec(path) ?? [];
  const place = id === undefined ? "chat" : stream === undefined ? "messages" : "stream";
  switch (isOurs !== undefined && `${method} ${place}`) {
    case "POST chat":
      return send;
    case "GET messages":
      return messages;
    case "GET stream":
      return resume;
    case "DELETE stream":
      return stop;
    default:
      return unknown;
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

shared.preparation.add(runner.prepare());
await shared.preparation.finish();

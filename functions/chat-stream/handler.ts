import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { createRunner } from "#lib/chat/runner.ts";
import {
  createCallerDependencies,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import { createAcceptAndStream, createChatStream, createUnknownRoute } from "./route.ts";

const { bucket: getBucket, ...shared } = createCallerDependencies("chat-stream", "chatGet");
const { config, secrets, telemetry } = shared;
const database = createRouteDatabase(shared);
const runner = createRunner({ config, database, secrets, telemetry });

const dependencies = {
  ...shared,
  ...runner,
  approvalLinks: createApprovalLinks({
    tokenKeys: shared.secrets.tokenKeys,
    publicOrigin: shared.publicOrigin,
  }),
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  messageLimit: config.messageLimit,
  offeredModelIds: offeredModelIds(config),
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

shared.preparation.add(runner.prepare());
await shared.preparation.finish();

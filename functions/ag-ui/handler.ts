import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { createRunner } from "#lib/chat/runner.ts";
import { settleClientCalls } from "#lib/conversations/settle-client-calls.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import {
  createCallerDependencies,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import { createAgUiRun, createAgUiStop, createAgUiUnknown } from "./route.ts";

const shared = createCallerDependencies("ag-ui", "chatPost");
const { config, secrets, telemetry } = shared;
const database = createRouteDatabase(shared);
const runner = createRunner({ config, database, secrets, telemetry });
const budget = turnBudgetOf(config);
const lambda = createLambda(config);

const dependencies = {
  ...shared,
  ...runner,
  // Only a run that joins a thread needs the transcript.
  async getConversation(input) {
    const { getConversation } = await import("#lib/conversations/get-conversation.ts");
    return getConversation(database, input);
  },
  settleClientCalls: (outputs) => settleClientCalls(database, outputs, budget),
  approvalLinks: createApprovalLinks({
    tokenKeys: secrets.tokenKeys,
    publicOrigin: shared.publicOrigin,
  }),
  messageLimit: config.messageLimit,
  stopBucket: createRouteBucket(shared, "chatStop"),
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
} satisfies Parameters<typeof createAgUiRun>[0];
const run = asStreaming(createAgUiRun(dependencies));
const stop = asStreaming(createAgUiStop(dependencies));
const unknown = asStreaming(createAgUiUnknown(dependencies));

export const handler = awslambda.streamifyResponse(async (event: Event, stream, context) => {
  await routeOf(event)(event, stream, context);
});

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
function routeOf(event: Event): StreamingHandler {
  const isUrl = "rawPath" in event;
  const path = isUrl ? event.rawPath : event.path;
  const method = isUrl ? event.requestContext.http.method : event.httpMethod;
  switch (/^\/ag-ui\/?$/.test(path) && method) {
    case "POST":
      return run;
    case "DELETE":
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

import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { createRunner } from "#lib/chat/runner.ts";
import { createFindOwnTurn, createFindSettings } from "#lib/conversations/find-own-turn.ts";
import { createFindRepeatedKey } from "#lib/conversations/find-repeated-key.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import {
  createCallerDependencies,
  createImport,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import {
  createModelList,
  createOpenAiUnknown,
  createResponseCancel,
  createResponseCreate,
  createResponseGet,
  type OpenAiDependencies,
} from "./route.ts";

const { bucket: getBucket, ...shared } = createCallerDependencies("openai", "chatGet");
const { config, secrets, telemetry } = shared;
const database = createRouteDatabase(shared);
const runner = createRunner({ config, database, secrets, telemetry });
const lambda = createLambda(config);
const budget = turnBudgetOf(config);

const dependencies: OpenAiDependencies = {
  ...shared,
  ...runner,
  approvalLinks: createApprovalLinks({
    tokenKeys: secrets.tokenKeys,
    publicOrigin: shared.publicOrigin,
  }),
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  stopBucket: createRouteBucket(shared, "chatStop"),
  messageLimit: config.messageLimit,
  offeredModelIds: offeredModelIds(config),
  findOwnTurn: createFindOwnTurn(database),
  findSettings: createFindSettings(database),
  findRepeatedKey: createFindRepeatedKey(database),
  async findHistory(history) {
    const { createFindHistory } = await import("#lib/conversations/find-history.ts");
    return createFindHistory(database)(history);
  },
  importConversation: createImport(shared),
  async settleClientCalls(input) {
    const { settleClientCalls } = await import("#lib/conversations/settle-client-calls.ts");
    return settleClientCalls(database, input, budget);
  },
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
};

let chatCompletions: Promise<StreamingHandler> | undefined;

/** A program uses one of the two APIs, so the code of this one loads with its first request. */
const createChatCompletion: StreamingHandler = async (event, stream, context) => {
  chatCompletions ??= import("./chat-completions.ts").then(({ createChatCompletionCreate }) =>
    asStreaming(createChatCompletionCreate(dependencies)),
  );
  await (await chatCompletions)(event, stream, context);
};

/** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
const routes: [pattern: RegExp, handler: StreamingHandler][] = [
  [/^POST \/v1\/responses\/?$/, asStreaming(createResponseCreate(dependencies))],
  [/^GET \/v1\/responses\/[^/]+\/?$/, asStreaming(createResponseGet(dependencies))],
  [/^POST \/v1\/responses\/[^/]+\/cancel\/?$/, asStreaming(createResponseCancel(dependencies))],
  [/^POST \/v1\/chat\/completions\/?$/, createChatCompletion],
  [/^GET \/v1\/models\/?$/, asStreaming(createModelList(dependencies))],
];
const unknown = asStreaming(createOpenAiUnknown(dependencies));

export const handler = awslambda.streamifyResponse(async (event: Event, stream, context) => {
  const path = "rawPath" in event ? event.rawPath : event.path;
  const method = "rawPath" in event ? event.requestContext.http.method : event.httpMethod;
  const [, route = unknown] = routes.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  await route(event, stream, context);
});

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

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

import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { createFindOwnTurn, createFindSettings } from "#lib/conversations/find-own-turn.ts";
import { createFindRepeatedKey } from "#lib/conversations/find-repeated-key.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createImport, createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import {
  createModelList,
  createResponseCancel,
  createResponseCreate,
  createResponseGet,
  type OpenAiDependencies,
} from "./route.ts";

const { bucket: getBucket, ...shared } = createTurnDependencies("openai", "chatGet");
const { config, database } = shared;
const lambda = createLambda(config);
const budget = turnBudgetOf(config);

const dependencies: OpenAiDependencies = {
  ...shared,
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  stopBucket: createRouteBucket(shared, "chatStop"),
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

/** A program uses one of the two APIs, so the code of this one loads with its first request. */
async function loadChatCompletions() {
  const { createChatCompletionCreate } = await import("./chat-completions.ts");
  return createChatCompletionCreate(dependencies);
}
let chatCompletions: ReturnType<typeof loadChatCompletions> | undefined;

const responseCreate = createResponseCreate(dependencies);
const responseGet = createResponseGet(dependencies);
const responseCancel = createResponseCancel(dependencies);
const modelList = createModelList(dependencies);
const routes: [pattern: RegExp, route: () => unknown][] = [
  [/^POST \/v1\/responses\/?$/, () => responseCreate],
  [/^GET \/v1\/responses\/[^/]+\/?$/, () => responseGet],
  [/^POST \/v1\/responses\/[^/]+\/cancel\/?$/, () => responseCancel],
  [/^POST \/v1\/chat\/completions\/?$/, () => (chatCompletions ??= loadChatCompletions())],
  [/^GET \/v1\/models\/?$/, () => modelList],
];
const unknown = createUnknownRoute(shared.telemetry, openAiError);

export const handler = createStreamHandler(({ method, path }) => {
  const [, route] = routes.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  return route ? route() : unknown;
});

await shared.preparation.finish();

import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { createFindOwnTurn, createFindSettings } from "#lib/conversations/find-own-turn.ts";
import { openAiError } from "#lib/facades/facade-problem.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import { createResponseCreate, type OpenAiDependencies } from "./route.ts";

const { bucket: getBucket, ...shared } = createTurnDependencies("openai", "chatGet");
const { config, database } = shared;
const budget = turnBudgetOf(config);

const dependencies: OpenAiDependencies = {
  ...shared,
  getBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  stopBucket: createRouteBucket(shared, "chatStop"),
  offeredModelIds: offeredModelIds(config),
  findOwnTurn: createFindOwnTurn(database),
  findSettings: createFindSettings(database),
  async findRepeatedKey(owner, prefix) {
    const { createFindRepeatedKey } = await import("#lib/conversations/find-repeated-key.ts");
    return createFindRepeatedKey(database)(owner, prefix);
  },
  async findHistory(history) {
    const { createFindHistory } = await import("#lib/conversations/find-history.ts");
    return createFindHistory(database)(history);
  },
  async importConversation(input) {
    const { importConversation } = await import("#lib/conversations/import-conversation.ts");
    return importConversation({ database, bounds: config.ownerBounds }, input);
  },
  async settleClientCalls(input) {
    const { settleClientCalls } = await import("#lib/conversations/settle-client-calls.ts");
    return settleClientCalls(database, input, budget);
  },
};

const once = <Value>(load: () => Promise<Value>) => {
  let loaded: Promise<Value> | undefined;
  return () => (loaded ??= load());
};

/** A program uses one of the two APIs, so the code of this one loads with its first request. */
const chatCompletions = once(async () => {
  const { createChatCompletionCreate } = await import("./chat-completions.ts");
  return createChatCompletionCreate(dependencies);
});

/** Few programs come back for a response. */
const stored = once(async () => {
  const routes = await import("./stored-responses.ts");
  return {
    get: routes.createResponseGet(dependencies),
    cancel: routes.createResponseCancel(dependencies),
    models: routes.createModelList(dependencies),
  };
});

const responseCreate = createResponseCreate(dependencies);
const routes: [pattern: RegExp, route: () => unknown][] = [
  [/^POST \/v1\/responses\/?$/, () => responseCreate],
  [/^GET \/v1\/responses\/[^/]+\/?$/, async () => (await stored()).get],
  [/^POST \/v1\/responses\/[^/]+\/cancel\/?$/, async () => (await stored()).cancel],
  [/^POST \/v1\/chat\/completions\/?$/, chatCompletions],
  [/^GET \/v1\/models\/?$/, async () => (await stored()).models],
];
const unknown = createUnknownRoute(shared.telemetry, openAiError);

export const handler = createStreamHandler(({ method, path }) => {
  const [, route] = routes.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  return route ? route() : unknown;
});

await shared.preparation.finish();

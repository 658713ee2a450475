import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { acceptTurn } from "#lib/conversations/accept-turn.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createChatPost } from "./route.ts";

const dependencies = createCallerDependencies("chat-post", "chatPost");
const { ownerBounds, messageLimit, turnRunFunction } = dependencies.config;
const database = createRouteDatabase(dependencies);
const lambda = createLambda(dependencies.config);

export const handler = createChatPost({
  ...dependencies,
  messageLimit,
  offeredModelIds: offeredModelIds(dependencies.config),
  turns: { accept: (turn) => acceptTurn(database, turn, ownerBounds) },
  sendTurnRun: (event) => lambda.sendEvent(turnRunFunction, event),
});

await dependencies.preparation.finish();

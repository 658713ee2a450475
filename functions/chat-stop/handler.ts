import { stopTurn } from "#lib/conversations/stop-turn.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createChatStop } from "./route.ts";

const dependencies = createCallerDependencies("chat-stop", "chatStop");
const { turnRunFunction } = dependencies.config;
const database = createRouteDatabase(dependencies);
const lambda = createLambda(dependencies.config);

export const handler = createChatStop({
  ...dependencies,
  turns: { stop: (turn) => stopTurn(database, turn) },
  sendTurnRun: (event) => lambda.sendEvent(turnRunFunction, event),
});

await dependencies.preparation.finish();

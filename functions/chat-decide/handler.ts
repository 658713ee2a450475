import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { decideCall } from "#lib/conversations/decide-call.ts";
import { findTurn } from "#lib/conversations/find-turn.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createChatDecide, createChatDecideShow } from "./route.ts";

const shared = createCallerDependencies("chat-decide", "chatDecide");
const { config, secrets, publicOrigin } = shared;
const database = createRouteDatabase(shared);
const lambda = createLambda(config);
const budget = turnBudgetOf(config);

const dependencies = {
  ...shared,
  decide: (input) => decideCall(database, input, budget),
  findTurn: (turn) => findTurn(database, turn),
  approvalLinks: createApprovalLinks({ tokenKeys: secrets.tokenKeys, publicOrigin }),
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
} satisfies Parameters<typeof createChatDecide>[0];
const decide = asHandler(createChatDecide(dependencies));
const show = asHandler(createChatDecideShow(dependencies));

export const handler: Handler = (event, context) =>
  event.httpMethod === "GET" ? show(event, context) : decide(event, context);

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<unknown>;

/** A route's types describe the request after its first middleware, which reads API Gateway's event. */
function asHandler(route: unknown): Handler {
  return route as Handler;
}

await shared.preparation.finish();

import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { settleClientCalls } from "#lib/conversations/settle-client-calls.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import { createAgUiRun, createAgUiStop } from "./route.ts";

const shared = createTurnDependencies("ag-ui", "chatPost");
const { config, database } = shared;
const budget = turnBudgetOf(config);

const dependencies = {
  ...shared,
  // Only a run that joins a thread needs the transcript.
  async getConversation(input) {
    const { getConversation } = await import("#lib/conversations/get-conversation.ts");
    return getConversation(database, input);
  },
  settleClientCalls: (outputs) => settleClientCalls(database, outputs, budget),
  stopBucket: createRouteBucket(shared, "chatStop"),
} satisfies Parameters<typeof createAgUiRun>[0];
const run = createAgUiRun(dependencies);
const stop = createAgUiStop(dependencies);
const unknown = createUnknownRoute(shared.telemetry);

export const handler = createStreamHandler(({ method, path }) => {
  switch (/^\/ag-ui\/?$/.test(path) && method) {
    case "POST":
      return run;
    case "DELETE":
      return stop;
    default:
      return unknown;
  }
});

await shared.preparation.finish();

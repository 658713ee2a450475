import { stopTurn } from "#lib/conversations/stop-turn.ts";
import { createLimitedDependencies, createRouteDatabase } from "../dependencies.ts";
import { createChatStop } from "./route.ts";

const dependencies = createLimitedDependencies("chat-stop", "chatStop");
const database = createRouteDatabase(dependencies);

export const handler = createChatStop({
  ...dependencies,
  turns: { stop: (turn) => stopTurn(database, turn) },
});

await dependencies.preparation.finish();

import { acceptTurn } from "#lib/conversations/accept-turn.ts";
import { createLimitedDependencies, createRouteDatabase } from "../dependencies.ts";
import { createChatPost } from "./route.ts";

const dependencies = createLimitedDependencies("chat-post", "chatPost");
const { ownerBounds, messageLimit } = dependencies.config;
const database = createRouteDatabase(dependencies);

export const handler = createChatPost({
  ...dependencies,
  messageLimit,
  turns: { accept: (turn) => acceptTurn(database, turn, ownerBounds) },
});

await dependencies.preparation.finish();

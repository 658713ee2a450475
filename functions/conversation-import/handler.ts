import { importConversation } from "#lib/conversations/import-conversation.ts";
import { createLimitedDependencies, createRouteDatabase } from "../dependencies.ts";
import { createConversationImport } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-import", "conversations");
const database = createRouteDatabase(dependencies);
const bounds = dependencies.config.ownerBounds;

export const handler = createConversationImport({
  ...dependencies,
  importConversation: (input) => importConversation({ database, bounds }, input),
});

await dependencies.preparation.finish();

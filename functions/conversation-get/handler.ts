import { createConversations, createLimitedDependencies } from "../dependencies.ts";
import { createConversationGet } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-get", "conversations");

export const handler = createConversationGet({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

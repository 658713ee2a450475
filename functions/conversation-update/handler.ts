import { createConversations, createLimitedDependencies } from "../dependencies.ts";
import { createConversationUpdate } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-update", "conversations");

export const handler = createConversationUpdate({
  ...dependencies,
  conversations: createConversations(dependencies),
  messageLimit: dependencies.config.messageLimit,
});

await dependencies.preparation.finish();

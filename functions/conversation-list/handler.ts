import { createConversations, createLimitedDependencies } from "../dependencies.ts";
import { createConversationList } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-list", "conversations");

export const handler = createConversationList({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

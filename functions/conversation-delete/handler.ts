import { createConversations, createLimitedDependencies } from "../dependencies.ts";
import { createConversationDelete } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-delete", "conversations");

export const handler = createConversationDelete({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

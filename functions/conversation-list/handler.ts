import { createCallerDependencies, createConversations } from "../dependencies.ts";
import { createConversationList } from "./route.ts";

const dependencies = createCallerDependencies("conversation-list", "conversations");

export const handler = createConversationList({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

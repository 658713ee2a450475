import { createCallerDependencies, createConversations } from "../dependencies.ts";
import { createConversationDelete } from "./route.ts";

const dependencies = createCallerDependencies("conversation-delete", "conversations");

export const handler = createConversationDelete({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

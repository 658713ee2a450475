import { createCallerDependencies, createConversations } from "../dependencies.ts";
import { createConversationGet } from "./route.ts";

const dependencies = createCallerDependencies("conversation-get", "conversations");

export const handler = createConversationGet({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

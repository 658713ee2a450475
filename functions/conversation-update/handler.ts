import { offeredModelIds } from "#lib/budget/model-choices.ts";
import { createCallerDependencies, createConversations } from "../dependencies.ts";
import { createConversationUpdate } from "./route.ts";

const dependencies = createCallerDependencies("conversation-update", "conversations");

export const handler = createConversationUpdate({
  ...dependencies,
  conversations: createConversations(dependencies),
  messageLimit: dependencies.config.messageLimit,
  offeredModelIds: offeredModelIds(dependencies.config),
});

await dependencies.preparation.finish();

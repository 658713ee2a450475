import { createCallerDependencies, createConversations } from "../dependencies.ts";
import { createAiSdkMessages } from "./route.ts";

const dependencies = createCallerDependencies("ai-sdk-messages", "conversations");

export const handler = createAiSdkMessages({
  ...dependencies,
  conversations: createConversations(dependencies),
});

await dependencies.preparation.finish();

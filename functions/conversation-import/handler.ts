import { createImport, createLimitedDependencies } from "../dependencies.ts";
import { createConversationImport } from "./route.ts";

const dependencies = createLimitedDependencies("conversation-import", "conversations");

export const handler = createConversationImport({
  ...dependencies,
  importConversation: createImport(dependencies),
});

await dependencies.preparation.finish();

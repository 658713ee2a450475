import { createSessionDependencies } from "../dependencies.ts";
import { createMe } from "./route.ts";

const dependencies = createSessionDependencies("me");

export const handler = createMe({
  ...dependencies,
  messageLimit: dependencies.config.messageLimit,
});

await dependencies.preparation.finish();

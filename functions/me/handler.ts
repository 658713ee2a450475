import { createSessionDependencies } from "../dependencies.ts";
import { createMe } from "./route.ts";

const dependencies = createSessionDependencies("me");

export const handler = createMe({
  ...dependencies,
  limits: dependencies.config,
});

await dependencies.preparation.finish();

import { modelChoicesOf } from "#lib/budget/model-choices.ts";
import { createSessionDependencies } from "../dependencies.ts";
import { createMe } from "./route.ts";

const dependencies = createSessionDependencies("me");
const { modelId, endpoints } = dependencies.config;
const isDemo = modelId === "demo-model" && endpoints.documentation !== undefined;

export const handler = createMe({
  ...dependencies,
  limits: dependencies.config,
  models: modelChoicesOf(dependencies.config),
  guideUrl: isDemo ? `${endpoints.documentation}/docs/connect-a-model` : undefined,
});

await dependencies.preparation.finish();

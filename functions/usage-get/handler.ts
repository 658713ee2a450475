import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createUsageGet } from "./route.ts";

const dependencies = createCallerDependencies("usage-get", "conversations");

export const handler = createUsageGet({
  ...dependencies,
  database: createRouteDatabase(dependencies),
  caps: dependencies.config.budgetCaps,
});

await dependencies.preparation.finish();

import { createOperatorDependencies, createRouteDatabase } from "../dependencies.ts";
import { createOperatorReport } from "./route.ts";

const dependencies = createOperatorDependencies("operator-report", "conversations");
const { config } = dependencies;

export const handler = createOperatorReport({
  ...dependencies,
  database: createRouteDatabase(dependencies),
  settings: {
    caps: config.budgetCaps,
    region: config.region,
    isDeployed: config.environment === "aws",
  },
});

await dependencies.preparation.finish();

import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createTraceGet } from "./route.ts";

const dependencies = createCallerDependencies("trace-get", "conversations");

export const handler = createTraceGet({
  ...dependencies,
  database: createRouteDatabase(dependencies),
});

await dependencies.preparation.finish();

import { createLimitedDependencies, createShares } from "../dependencies.ts";
import { createSharedGet } from "./route.ts";

const dependencies = createLimitedDependencies("shared-get", "shared");

export const handler = createSharedGet({ ...dependencies, shares: createShares(dependencies) });

await dependencies.preparation.finish();

import { createLimitedDependencies, createShares } from "../dependencies.ts";
import { createSharedCopy } from "./route.ts";

const dependencies = createLimitedDependencies("shared-copy", "conversations");

export const handler = createSharedCopy({ ...dependencies, shares: createShares(dependencies) });

await dependencies.preparation.finish();

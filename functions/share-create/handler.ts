import { createLimitedDependencies, createShares } from "../dependencies.ts";
import { createShareCreate } from "./route.ts";

const dependencies = createLimitedDependencies("share-create", "conversations");

export const handler = createShareCreate({ ...dependencies, shares: createShares(dependencies) });

await dependencies.preparation.finish();

import { createLimitedDependencies, createShares } from "../dependencies.ts";
import { createShareDelete } from "./route.ts";

const dependencies = createLimitedDependencies("share-delete", "conversations");

export const handler = createShareDelete({ ...dependencies, shares: createShares(dependencies) });

await dependencies.preparation.finish();

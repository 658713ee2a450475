import { createLimitedDependencies, createShares } from "../dependencies.ts";
import { createShareList } from "./route.ts";

const dependencies = createLimitedDependencies("share-list", "conversations");

export const handler = createShareList({ ...dependencies, shares: createShares(dependencies) });

await dependencies.preparation.finish();

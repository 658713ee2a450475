import { createApiKeys, createLimitedDependencies } from "../dependencies.ts";
import { createKeyList } from "./route.ts";

const dependencies = createLimitedDependencies("key-list", "conversations");

export const handler = createKeyList({ ...dependencies, keys: createApiKeys(dependencies) });

await dependencies.preparation.finish();

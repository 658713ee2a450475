import { createApiKeys, createLimitedDependencies } from "../dependencies.ts";
import { createKeyCreate } from "./route.ts";

const dependencies = createLimitedDependencies("key-create", "conversations");

export const handler = createKeyCreate({ ...dependencies, keys: createApiKeys(dependencies) });

await dependencies.preparation.finish();

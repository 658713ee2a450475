import { createApiKeys, createLimitedDependencies } from "../dependencies.ts";
import { createKeyDelete } from "./route.ts";

const dependencies = createLimitedDependencies("key-delete", "conversations");

export const handler = createKeyDelete({ ...dependencies, keys: createApiKeys(dependencies) });

await dependencies.preparation.finish();

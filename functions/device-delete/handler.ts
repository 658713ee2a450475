import { createLimitedDependencies } from "../dependencies.ts";
import { createDeviceDelete } from "./route.ts";

const dependencies = createLimitedDependencies("device-delete", "conversations");

export const handler = createDeviceDelete(dependencies);

await dependencies.preparation.finish();

import { createLimitedDependencies } from "../dependencies.ts";
import { createDeviceList } from "./route.ts";

const dependencies = createLimitedDependencies("device-list", "conversations");

export const handler = createDeviceList(dependencies);

await dependencies.preparation.finish();

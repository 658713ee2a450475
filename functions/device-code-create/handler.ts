import { createLimitedDependencies, createRouteDeviceCodes } from "../dependencies.ts";
import { createDeviceCodeCreate } from "./route.ts";

const dependencies = createLimitedDependencies("device-code-create", "conversations");

export const handler = createDeviceCodeCreate({
  ...dependencies,
  deviceCodes: createRouteDeviceCodes(dependencies),
});

await dependencies.preparation.finish();

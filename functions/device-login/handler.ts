import { createLimitedDependencies, createRouteDeviceCodes } from "../dependencies.ts";
import { createDeviceLogin } from "./route.ts";

const dependencies = createLimitedDependencies("device-login", "deviceLogin");

export const handler = createDeviceLogin({
  ...dependencies,
  deviceCodes: createRouteDeviceCodes(dependencies),
});

await dependencies.preparation.finish();

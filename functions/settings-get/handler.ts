import { createLimitedDependencies, createOwnerSettings } from "../dependencies.ts";
import { createSettingsGet } from "./route.ts";

const dependencies = createLimitedDependencies("settings-get", "conversations");

export const handler = createSettingsGet({
  ...dependencies,
  settings: createOwnerSettings(dependencies),
});

await dependencies.preparation.finish();

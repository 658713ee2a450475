import { createLimitedDependencies, createOwnerSettings } from "../dependencies.ts";
import { createSettingsUpdate } from "./route.ts";

const dependencies = createLimitedDependencies("settings-update", "conversations");

export const handler = createSettingsUpdate({
  ...dependencies,
  settings: createOwnerSettings(dependencies),
});

await dependencies.preparation.finish();

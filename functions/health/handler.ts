import { readConfig } from "#lib/platform/config.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createHealthRoute } from "./route.ts";

const config = readConfig();
const identity = {
  environment: config.environment,
  version: config.version,
  model: config.modelId,
};
const importChecker = async () => (await import("./probes.ts")).createChecker(config, identity);
let checker: ReturnType<typeof importChecker> | undefined;

export const handler = createHealthRoute({
  telemetry: createTelemetry("health"),
  identity,
  loadChecker: () => {
    checker ??= importChecker();
    return checker;
  },
});

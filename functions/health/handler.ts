import { readConfig } from "#lib/platform/config.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createHealthRoute } from "./route.ts";

const config = readConfig();
const identity = {
  environment: config.environment,
  version: config.version,
  model: config.modelId,
};
const load = async () => (await import("./probes.ts")).createReport(config, identity);
let report: ReturnType<typeof load> | undefined;

export const handler = createHealthRoute({
  telemetry: createTelemetry("health"),
  identity,
  loadReport: () => {
    report ??= load();
    return report;
  },
});

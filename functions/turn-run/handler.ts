import { createRunner } from "#lib/chat/runner.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createPreparation } from "#lib/platform/preparation.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createRouteDatabase } from "../dependencies.ts";
import { createTurnRun } from "./job.ts";

const config = readConfig();
const telemetry = createTelemetry("turn-run");
const secrets = createSecrets(config, { telemetry });
const preparation = createPreparation();
const database = createRouteDatabase({ config, secrets, preparation });
const runner = createRunner({ config, database, secrets, telemetry });
const lambda = createLambda(config);

export const handler = createTurnRun({
  ...runner,
  telemetry,
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
});

preparation.add(runner.prepare());
await preparation.finish();

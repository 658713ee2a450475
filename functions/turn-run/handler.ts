import { createRunner } from "#lib/chat/runner.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createPreparation } from "#lib/platform/preparation.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createTurnRun } from "./job.ts";

const config = readConfig();
const telemetry = createTelemetry("turn-run");
const secrets = createSecrets(config, { telemetry });
const preparation = createPreparation();
// Not from ../dependencies.ts, with which the DynamoDB client of a tool would load at each cold start.
const database = createDatabase({ url: secrets.databaseUrl, endpoint: config.endpoints.neon });
preparation.add(database.connect());
const runner = createRunner({ config, database, secrets, telemetry });
const lambda = createLambda(config);

export const handler = createTurnRun({
  ...runner,
  telemetry,
  sendTurnRun: (event) => lambda.sendEvent(config.turnRunFunction, event),
});

preparation.add(runner.prepare());
await preparation.finish();

import { createDocumentStore } from "#lib/documents/document-store.ts";
import { createIngestionStore } from "#lib/documents/ingestion-store.ts";
import { sweepDocuments } from "#lib/documents/sweep-documents.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createLambda } from "#lib/platform/lambda.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createDocumentSweep } from "./job.ts";

const config = readConfig();
const telemetry = createTelemetry("document-sweep");
const database = createDatabase({
  url: createSecrets(config, { telemetry }).databaseUrl,
  endpoint: config.endpoints.neon,
  // PostgreSQL ends a statement after 8 s.
  timeoutMs: 10_000,
});
const lambda = createLambda(config);
const { embeddingModelId, ingestFunction, owner, site } = config.documents;

const dependencies = {
  database,
  telemetry,
  documents: createDocumentStore(database, { own: owner, site }),
  ingestions: createIngestionStore(database, { caps: config.budgetCaps }),
  objects: createDocumentObjects(config),
  modelId: embeddingModelId,
  sendIngestion: (event: object) => lambda.sendEvent(ingestFunction, event),
};

export const handler = createDocumentSweep({
  telemetry,
  sweep: (hasTime) => sweepDocuments(dependencies, hasTime),
});

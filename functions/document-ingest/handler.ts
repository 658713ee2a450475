import { ingestionPriceOf } from "#lib/budget/ingestion-price.ts";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { createEmbeddings } from "#lib/documents/embeddings/bedrock-embeddings.ts";
import { createIngestionStore } from "#lib/documents/ingestion-store.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readDocument } from "#lib/documents/reading/read-in-process.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createPreparation } from "#lib/platform/preparation.ts";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry } from "#lib/platform/telemetry.ts";
import { createDocumentIngest } from "./job.ts";

/** The function's memory in serverless.yml. */
const memoryMegabytes = 2_048;
/** PostgreSQL ends a statement after 8 s, and a request has several. */
const databaseMs = 30_000;

const config = readConfig();
const telemetry = createTelemetry("document-ingest");
const secrets = createSecrets(config, { telemetry });
const preparation = createPreparation();
const database = createDatabase({
  url: secrets.databaseUrl,
  endpoint: config.endpoints.neon,
  timeoutMs: databaseMs,
});
preparation.add(database.connect());
const { embeddingModelId, owner, site } = config.documents;

export const handler = createDocumentIngest({
  telemetry,
  ingestions: createIngestionStore(database, { caps: config.budgetCaps }),
  documents: createDocumentStore(database, { own: owner, site }),
  objects: createDocumentObjects(config),
  readDocument: (file, signal) => readDocument(file, readLimits, signal),
  embeddings:
    embeddingModelId === undefined
      ? undefined
      : createEmbeddings({
          region: config.region,
          endpoint: config.endpoints.bedrock,
          modelId: embeddingModelId,
        }),
  price: ingestionPriceOf(config, { memoryMegabytes }),
});

await preparation.finish();

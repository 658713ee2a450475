import { createDocumentCatalogue } from "#lib/documents/document-catalogue.ts";
import { createEmbeddings } from "#lib/documents/embeddings/bedrock-embeddings.ts";
import { createPassageSearch } from "#lib/documents/search/search-passages.ts";
import type { Config } from "#lib/platform/config.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { createLibrary, type Library } from "./library.ts";

export interface LibrarySettings {
  config: Pick<Config, "documents" | "region" | "endpoints">;
  database: Pick<Database, "query">;
  telemetry: Telemetry;
}

/** Returns the documents of this deployment. */
export function openLibrary({ config, database, telemetry }: LibrarySettings): Library {
  const { region, endpoints, documents } = config;
  const { embeddingModelId: modelId } = documents;
  const embeddings =
    modelId === undefined
      ? undefined
      : createEmbeddings({ region, endpoint: endpoints.bedrock, modelId });
  return createLibrary({
    search: createPassageSearch({ database, embeddings, telemetry }),
    catalogue: createDocumentCatalogue(database),
  });
}

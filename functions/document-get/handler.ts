import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createDocuments, createLimitedDependencies } from "../dependencies.ts";
import { createDocumentGet } from "./route.ts";

const dependencies = createLimitedDependencies("document-get", "conversations");

export const handler = createDocumentGet({
  ...dependencies,
  ...createDocuments(dependencies),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();

import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createDocuments, createLimitedDependencies } from "../dependencies.ts";
import { createDocumentDelete } from "./route.ts";

const dependencies = createLimitedDependencies("document-delete", "conversations");

export const handler = createDocumentDelete({
  ...dependencies,
  ...createDocuments(dependencies),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();

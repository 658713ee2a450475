import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createCallerDependencies, createDocuments } from "../dependencies.ts";
import { createDocumentDelete } from "./route.ts";

const dependencies = createCallerDependencies("document-delete", "conversations");

export const handler = createDocumentDelete({
  ...dependencies,
  ...createDocuments(dependencies),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();

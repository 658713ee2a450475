import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createCallerDependencies, createDocuments } from "../dependencies.ts";
import { createDocumentGet } from "./route.ts";

const dependencies = createCallerDependencies("document-get", "conversations");

export const handler = createDocumentGet({
  ...dependencies,
  ...createDocuments(dependencies),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();

import { createDocumentObjects } from "#lib/platform/s3.ts";
import { createCallerDependencies, createDocuments } from "../dependencies.ts";
import { createDocumentCreate } from "./route.ts";

const dependencies = createCallerDependencies("document-create", "conversations");

export const handler = createDocumentCreate({
  ...dependencies,
  ...createDocuments(dependencies),
  objects: createDocumentObjects(dependencies.config),
});

await dependencies.preparation.finish();

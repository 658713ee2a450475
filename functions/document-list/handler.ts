import { createCallerDependencies, createDocuments } from "../dependencies.ts";
import { createDocumentList } from "./route.ts";

const dependencies = createCallerDependencies("document-list", "conversations");

export const handler = createDocumentList({
  ...dependencies,
  ...createDocuments(dependencies),
});

await dependencies.preparation.finish();

import { createDocuments, createLimitedDependencies } from "../dependencies.ts";
import { createDocumentList } from "./route.ts";

const dependencies = createLimitedDependencies("document-list", "conversations");

export const handler = createDocumentList({
  ...dependencies,
  ...createDocuments(dependencies),
});

await dependencies.preparation.finish();

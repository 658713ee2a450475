import { createLambda } from "#lib/platform/lambda.ts";
import { createCallerDependencies, createDocuments } from "../dependencies.ts";
import { createDocumentUpdate } from "./route.ts";

const dependencies = createCallerDependencies("document-update", "conversations");
const { config } = dependencies;
const lambda = createLambda(config);

export const handler = createDocumentUpdate({
  ...dependencies,
  ...createDocuments(dependencies),
  sendIngestion: (event) => lambda.sendEvent(config.documents.ingestFunction, event),
});

await dependencies.preparation.finish();

import { createStoreFeedback } from "#lib/conversations/store-feedback.ts";
import { createCallerDependencies, createRouteDatabase } from "../dependencies.ts";
import { createFeedbackUpdate } from "./route.ts";

const dependencies = createCallerDependencies("feedback-update", "conversations");

export const handler = createFeedbackUpdate({
  ...dependencies,
  storeFeedback: createStoreFeedback(createRouteDatabase(dependencies)),
});

await dependencies.preparation.finish();

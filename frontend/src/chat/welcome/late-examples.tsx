import { latePart } from "#frontend/ui/late-part.tsx";

export const LateExamples = latePart(
  "the examples",
  async () => (await import("./examples.tsx")).Examples,
);

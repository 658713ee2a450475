import { latePart } from "#frontend/ui/late-part.tsx";

export const LateTableResult = latePart(
  "a table",
  async () => (await import("./table-result.tsx")).TableResult,
);

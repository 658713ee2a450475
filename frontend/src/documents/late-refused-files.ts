import { latePart } from "../ui/late-part.tsx";

export const LateRefusedFiles = latePart(
  "refused files",
  async () => (await import("./refused-files.tsx")).RefusedFiles,
);

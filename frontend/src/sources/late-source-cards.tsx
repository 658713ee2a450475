import { latePart } from "#frontend/ui/late-part.tsx";

export const LateSourceCards = latePart(
  "the sources",
  async () => (await import("./source-cards.tsx")).SourceCards,
);

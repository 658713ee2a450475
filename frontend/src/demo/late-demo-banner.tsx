import { latePart } from "#frontend/ui/late-part.tsx";

export const LateDemoBanner = latePart(
  "the banner",
  async () => (await import("./demo.tsx")).DemoBanner,
);

import { latePart } from "#frontend/ui/late-part.tsx";

export const LateDemoCards = latePart(
  "the cards of the demo",
  async () => (await import("./demo.tsx")).DemoCards,
);

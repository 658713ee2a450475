import { latePart } from "#frontend/ui/late-part.tsx";

export const LatePlots = latePart("a plot", async () => (await import("./plots.tsx")).Plots);

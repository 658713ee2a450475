import { type ComponentProps, lazy } from "react";
import { LatePart } from "#frontend/ui/late-part.tsx";
import type { Plots } from "./plots.tsx";

const Loaded = lazy(async () => ({ default: (await import("./plots.tsx")).Plots }));

export function LatePlots(props: ComponentProps<typeof Plots>) {
  return (
    <LatePart what="a plot">
      <Loaded {...props} />
    </LatePart>
  );
}

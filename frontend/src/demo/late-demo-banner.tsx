import { type ComponentProps, lazy } from "react";
import { LatePart } from "#frontend/ui/late-part.tsx";
import type { DemoBanner } from "./demo.tsx";

const Loaded = lazy(async () => ({ default: (await import("./demo.tsx")).DemoBanner }));

export function LateDemoBanner(props: ComponentProps<typeof DemoBanner>) {
  return (
    <LatePart what="the banner">
      <Loaded {...props} />
    </LatePart>
  );
}

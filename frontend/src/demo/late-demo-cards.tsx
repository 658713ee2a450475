import { type ComponentProps, lazy } from "react";
import { LatePart } from "#frontend/ui/late-part.tsx";
import type { DemoCards } from "./demo.tsx";

const Loaded = lazy(async () => ({ default: (await import("./demo.tsx")).DemoCards }));

export function LateDemoCards(props: ComponentProps<typeof DemoCards>) {
  return (
    <LatePart what="the cards of the demo">
      <Loaded {...props} />
    </LatePart>
  );
}

import { type ComponentProps, lazy } from "react";
import { LatePart } from "#frontend/ui/late-part.tsx";
import type { SourceCards } from "./source-cards.tsx";

const Loaded = lazy(async () => ({ default: (await import("./source-cards.tsx")).SourceCards }));

export function LateSourceCards(props: ComponentProps<typeof SourceCards>) {
  return (
    <LatePart what="the sources">
      <Loaded {...props} />
    </LatePart>
  );
}

import { type ComponentProps, lazy } from "react";
import { LatePart } from "#frontend/ui/late-part.tsx";
import type { TableResult } from "./table-result.tsx";

const Loaded = lazy(async () => ({ default: (await import("./table-result.tsx")).TableResult }));

export function LateTableResult(props: ComponentProps<typeof TableResult>) {
  return (
    <LatePart what="a table">
      <Loaded {...props} />
    </LatePart>
  );
}

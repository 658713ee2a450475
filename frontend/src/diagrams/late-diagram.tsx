import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { FaultBoundary } from "../ui/fault-boundary.tsx";

const DiagramView = lazy(async () => ({
  default: (await import("./diagram-view.tsx")).DiagramView,
}));

/** An answer that is being written changes its source many times a second. */
const pauseMs = 400;

interface LateDiagramProps {
  source: string;
  /** The source as code, shown until the diagram can be drawn. */
  children: ReactNode;
}

/** Draws a diagram once its source has stopped growing. */
export function LateDiagram({ source, children }: LateDiagramProps) {
  const settled = useSettled(source);
  if (settled !== source) return children;
  return (
    <FaultBoundary what="a diagram" version={source} instead={children}>
      <Suspense fallback={children}>
        <DiagramView source={source}>{children}</DiagramView>
      </Suspense>
    </FaultBoundary>
  );
}

/** Returns the newest value that did not change for a while. */
function useSettled(value: string): string | null {
  const [settled, setSettled] = useState<string | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);

  return settled;
}

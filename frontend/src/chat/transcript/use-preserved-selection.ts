import { type RefObject, useEffect, useState } from "react";

/** Keeps a person's selection in an answer while the model writes. Its script loads with the first answer that grows. */
export function usePreservedSelection(
  root: RefObject<HTMLElement | null>,
  isGrowing: boolean,
): void {
  // The last words of an answer come with its end.
  const [hasGrown, setHasGrown] = useState(isGrowing);
  if (isGrowing && !hasGrown) setHasGrown(true);

  useEffect(() => {
    if (!hasGrown) return;
    let stop: (() => void) | null = () => {};
    const start = async () => {
      const { preserveSelection } = await import("./preserve-selection.ts");
      if (stop !== null && root.current !== null) stop = preserveSelection(root.current);
    };
    // Without its script, only the selection in a growing answer is lost.
    start().catch(() => {});
    return () => {
      stop?.();
      stop = null;
    };
  }, [root, hasGrown]);
}

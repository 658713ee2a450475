import { useEffect, useState } from "react";
import type { CheckedPart } from "#frontend/citations/word-marks.ts";
import type { Blocks } from "./markdown-blocks.ts";

/** Returns the blocks with the checked words of an answer marked, once the script that marks them has loaded. */
export function useMarkedBlocks(read: Blocks, checked: CheckedPart | null): Blocks {
  const [marked, setMarked] = useState<{ of: Blocks; checked: CheckedPart; blocks: Blocks }>();

  useEffect(() => {
    if (checked === null) return;
    let isCurrent = true;
    import("#frontend/citations/mark-words.tsx").then(
      ({ markChecked }) =>
        isCurrent && setMarked({ of: read, checked, blocks: markChecked(read.text, checked) }),
      // The import fails offline, and after a deployment of a newer version. The words then stay without marks.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [read, checked]);

  return marked?.of === read && marked.checked === checked ? marked.blocks : read;
}

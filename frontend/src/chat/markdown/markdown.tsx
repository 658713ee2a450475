import type { RootContent } from "mdast";
import { memo, useDeferredValue, useEffect, useId, useMemo, useState } from "react";
import type { CheckedPart } from "#frontend/citations/word-marks.ts";
import { hasRareMarkdown, loadRareMarkdown } from "./load-rare-markdown.ts";
import styles from "./markdown.module.css";
import { type Blocks, readBlocks } from "./markdown-blocks.ts";
import { readRareMarkdown, useRareMarkdown } from "./rare-markdown-store.ts";
import { ReferencesContext, readReferences } from "./references.ts";
import { render, renderChildren } from "./render-markdown.tsx";
import { useMarkedBlocks } from "./use-marked-blocks.ts";

/** An answer's Markdown. HTML stays text, images become links, and `allowedUrl` decides which links work. */
export const Markdown = memo(function Markdown({
  text,
  checked = null,
}: {
  text: string;
  /** What the check of a whole answer has found. Must be the same object until that changes. */
  checked?: CheckedPart | null;
}) {
  // Typing in the composer has priority over rendering the newest token.
  const shown = useDeferredValue(text);
  const isRare = useMemo(() => hasRareMarkdown(shown), [shown]);
  const rare = useRareMarkdown(isRare);
  const [state, setState] = useState(() => ({ read: readBlocks(shown), rare }));
  const { read } = state;
  const isRead = read.text === shown && state.rare === rare;
  const current = isRead ? read : readBlocks(shown, state.rare === rare ? read : undefined);
  if (!isRead) setState({ read: current, rare });

  useEffect(() => {
    // The import fails offline, and after a deployment of a newer version. The answer then shows what the model wrote.
    if (isRare && rare === null) loadRareMarkdown().catch(() => {});
  }, [isRare, rare]);

  return <RenderedBlocks read={useMarkedBlocks(current, checked)} />;
});

/** The blocks of an answer. Each renders again only when it changes. */
export function RenderedBlocks({ read }: { read: Blocks }) {
  const references = useMemo(() => readReferences(read), [read]);
  const id = useId();
  const rare = readRareMarkdown();
  const context = useMemo(() => ({ references, id }), [references, id]);
  return (
    <ReferencesContext value={context}>
      <div className={styles.markdown} dir="auto">
        {read.blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
          <Block key={index} block={block} />
        ))}
        {rare && references.notes.length > 0 && <rare.Footnotes draw={renderChildren} />}
      </div>
    </ReferencesContext>
  );
}

const Block = memo(function Block({ block }: { block: RootContent }) {
  return render(block);
});

import type { RootContent } from "mdast";
import { memo, useDeferredValue, useId, useMemo, useState } from "react";
import type { CheckedPart } from "#frontend/citations/word-marks.ts";
import { Footnotes } from "./footnotes.tsx";
import styles from "./markdown.module.css";
import { type Blocks, readBlocks } from "./markdown-blocks.ts";
import { ReferencesContext, readReferences } from "./references.ts";
import { render } from "./render-markdown.tsx";
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
  const [read, setRead] = useState(() => readBlocks(shown));
  const current = read.text === shown ? read : readBlocks(shown, read);
  if (current !== read) setRead(current);
  return <RenderedBlocks read={useMarkedBlocks(current, checked)} />;
});

/** The blocks of an answer. Each renders again only when it changes. */
export function RenderedBlocks({ read }: { read: Blocks }) {
  const references = useMemo(() => readReferences(read), [read]);
  const id = useId();
  const context = useMemo(() => ({ references, id }), [references, id]);
  return (
    <ReferencesContext value={context}>
      <div className={styles.markdown} dir="auto">
        {read.blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
          <Block key={index} block={block} />
        ))}
        {references.notes.length > 0 && <Footnotes />}
      </div>
    </ReferencesContext>
  );
}

const Block = memo(function Block({ block }: { block: RootContent }) {
  return render(block);
});

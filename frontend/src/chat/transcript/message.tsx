import { useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { FoldButton } from "#frontend/ui/fold-button.tsx";
import { CodeBlock } from "../answer/code-block.tsx";
import markdown from "../markdown/markdown.module.css";
import styles from "./message.module.css";
import { messageParts } from "./message-parts.ts";

/** A person's message as it was typed, with its fenced code as code blocks. A long message is folded. */
export function Message({ text }: { text: string }) {
  const { transcript: texts } = useTexts();
  const parts = useMemo(() => messageParts(text), [text]);
  const { words, isLong, isFolded, setIsFolded } = useFolded();
  const id = useId();
  return (
    <div className={styles.message} dir="auto">
      {/* Folded text stays in the document for screen readers and the browser's search. */}
      <div
        className={styles.words}
        id={id}
        ref={words}
        data-folded={isFolded || undefined}
        data-long={isLong || undefined}
        // Only the browser can scroll this element, to show a search result or the focus.
        onScroll={() => setIsFolded(false)}
      >
        {/* Needs its own direction, so that its language does not set the direction of the message. */}
        <h2 className="spoken" dir="auto">
          {texts.you}
        </h2>
        {parts.map((part, index) =>
          part.kind === "text" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes
            <p key={index} className={styles.text} dir="auto">
              {part.text}
            </p>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes
            <div key={index} className={`${markdown.markdown} ${styles.code}`}>
              <CodeBlock code={part.text} language={part.language} canFold={false} />
            </div>
          ),
        )}
      </div>
      {isLong && (
        <FoldButton
          className={styles.fold}
          controls={id}
          isFolded={isFolded}
          onFold={setIsFolded}
          labels={[texts.showAll, texts.showLess]}
        />
      )}
    </div>
  );
}

/** Folds a message. `isLong`: the message is longer than its folded height, which depends on the page's width. */
function useFolded() {
  const words = useRef<HTMLDivElement>(null);
  const [isFolded, setIsFolded] = useState(true);
  const [isLong, setIsLong] = useState(false);

  // A layout effect stops the observer in the commit that unfolds. A passive effect would let the observer measure the
  // unfolded message first: not long, and "Show less" would vanish.
  useLayoutEffect(() => {
    const element = words.current;
    if (element === null || !isFolded) return;
    // Half a line in pixels, so that rounding does not fold a message.
    const measure = () => setIsLong(element.scrollHeight > element.clientHeight + 12);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [isFolded]);

  return { words, isLong, isFolded, setIsFolded };
}

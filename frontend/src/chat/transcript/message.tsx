import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { CodeBlock } from "../answer/code-block.tsx";
import markdown from "../markdown/markdown.module.css";
import styles from "./message.module.css";
import { messageParts } from "./message-parts.ts";

/** What a person wrote: as it was typed, with its fenced code as code. A long one is folded. */
export function Message({ text }: { text: string }) {
  const { transcript: texts } = useTexts();
  const parts = useMemo(() => messageParts(text), [text]);
  const { words, isLong, isFolded, setIsFolded } = useFolded();
  const id = useId();
  return (
    <div className={styles.message} dir="auto">
      {/* Whatever is folded away stays on the page: a screen reader reads it, the browser's search finds it. */}
      <div
        className={styles.words}
        id={id}
        ref={words}
        data-folded={isFolded || undefined}
        data-long={isLong || undefined}
        // Nobody can scroll it but the browser, to show what was found or has the focus.
        onScroll={() => setIsFolded(false)}
      >
        {/* With a direction of its own, or it would give it to the message. */}
        <span className="spoken" dir="auto">
          {texts.you}
        </span>
        {parts.map((part, index) =>
          part.kind === "text" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes
            <p key={index} className={styles.text} dir="auto">
              {part.text}
            </p>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message never changes
            <div key={index} className={`${markdown.markdown} ${styles.code}`}>
              <CodeBlock code={part.text} language={part.language} />
            </div>
          ),
        )}
      </div>
      {isLong && (
        <button
          className={`${button.plain} ${styles.fold}`}
          type="button"
          aria-expanded={!isFolded}
          aria-controls={id}
          onClick={() => setIsFolded(!isFolded)}
        >
          {isFolded ? texts.showAll : texts.showLess}
        </button>
      )}
    </div>
  );
}

/** Whether a message is longer than what is shown of it when folded; that depends on the width of the page. */
function useFolded() {
  const words = useRef<HTMLDivElement>(null);
  const [isFolded, setIsFolded] = useState(true);
  const [isLong, setIsLong] = useState(false);

  useEffect(() => {
    const element = words.current;
    if (element === null || !isFolded) return;
    // Half a line of room: a fraction of a pixel is no reason to fold.
    const measure = () => setIsLong(element.scrollHeight > element.clientHeight + 12);
    const watching = new ResizeObserver(measure);
    watching.observe(element);
    return () => watching.disconnect();
  }, [isFolded]);

  return { words, isLong, isFolded, setIsFolded };
}

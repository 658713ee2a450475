import { type ReactNode, useEffect, useId, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { FoldButton } from "#frontend/ui/fold-button.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import type { CodePiece } from "../markdown/highlight.ts";
import styles from "../markdown/markdown.module.css";
import { useReadingTools } from "../reading/use-reading-tools.ts";

/** Longer code is folded to about 30 lines. Folding hides a few lines, or none. */
const longestUnfolded = 34;

interface CodeProps {
  code: string;
  language: string;
  /** What follows the language after the fence. It may name a file. */
  about?: string;
  canFold?: boolean;
}

/** Code in colours, which appear when the highlighter has loaded. */
export function CodeBlock(props: CodeProps) {
  const { code, language } = props;
  const { markdown: texts } = useTexts();
  const pieces = useHighlighted(code, language);
  return (
    <CodeFrame {...props}>
      <ScrollBox label={`${texts.code} ${language}`.trim()}>
        <pre dir="ltr">
          <code>{pieces === null ? code : pieces.map(drawPiece)}</code>
        </pre>
      </ScrollBox>
    </CodeFrame>
  );
}

/** Frames code, or what is drawn from it, with its language and its tools. Long code is folded. */
function CodeFrame({
  code,
  language,
  about = "",
  canFold = true,
  children,
}: CodeProps & { children: ReactNode }) {
  const { transcript: texts } = useTexts();
  const tools = useReadingTools();
  const id = useId();
  const isLong = canFold && code.split("\n", longestUnfolded + 1).length > longestUnfolded;
  // Code that grows on the page stays open: somebody reads it.
  const [isFolded, setIsFolded] = useState(isLong);
  return (
    <div className={styles.codeBlock}>
      <div className={styles.codeHead}>
        <span className={styles.language}>{language}</span>
        {tools && <tools.CodeTools code={code} language={language} about={about} />}
        <CopyButton text={code} what="code" />
      </div>
      {/* Only the browser scrolls this element: it shows a search result or the focus. */}
      <div
        id={id}
        data-folded={(isLong && isFolded) || undefined}
        onScroll={({ currentTarget }) => currentTarget.scrollTop > 0 && setIsFolded(false)}
      >
        {children}
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

function drawPiece({ kind, text }: CodePiece, index: number): ReactNode {
  if (kind === "") return text;
  return (
    <span key={index} className={styles[kind]}>
      {text}
    </span>
  );
}

/** Returns null until the highlighter has coloured exactly this code. */
function useHighlighted(code: string, language: string): CodePiece[] | null {
  const [done, setDone] = useState<{ code: string; pieces: CodePiece[] } | null>(null);

  useEffect(() => {
    if (language === "") return;
    let isCurrent = true;
    import("../markdown/highlight.ts").then(
      ({ highlight }) => {
        const pieces = highlight(code, language);
        if (isCurrent && pieces !== null) setDone({ code, pieces });
      },
      // The import fails offline, and after a deployment of a newer version. The code then stays plain.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [code, language]);

  return done?.code === code ? done.pieces : null;
}

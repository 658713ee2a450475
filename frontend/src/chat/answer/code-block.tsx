import { type ReactNode, useEffect, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import type { CodePiece } from "../markdown/highlight.ts";
import styles from "../markdown/markdown.module.css";

/** Code with its language and a copy button. Colours appear when the highlighter has loaded. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const { markdown: texts } = useTexts();
  const pieces = useHighlighted(code, language);
  return (
    <div className={styles.codeBlock}>
      <div className={styles.codeHead}>
        <span>{language}</span>
        <CopyButton text={code} what="code" />
      </div>
      <ScrollBox label={texts.code}>
        <pre dir="ltr">
          <code>{pieces === null ? code : pieces.map(drawPiece)}</code>
        </pre>
      </ScrollBox>
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

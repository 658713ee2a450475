import { type ReactNode, useEffect, useRef, useState } from "react";
import { ApiProblem, toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import { SlowHint } from "../ui/slow-hint.tsx";
import styles from "./usage-dialog.module.css";

/** What the person has spent, and how much of the budgets is left. */
export function UsageDialog({
  onClose,
  onSessionEnded,
}: {
  onClose: () => void;
  onSessionEnded: () => void;
}) {
  const { usage: texts, close, tryAgain } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [report, setReport] = useState<ReactNode>(null);
  const [failure, setFailure] = useState<Notice | null>(null);
  const [attempt, setAttempt] = useState(1);

  useEffect(() => dialog.current?.showModal(), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const unmounting = new AbortController();
    const { signal } = unmounting;
    setFailure(null);
    loadReport(signal).then(setReport, (error: unknown) => {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
    });
    return () => unmounting.abort();
  }, [attempt, onSessionEnded]);

  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="usage" onClose={onClose}>
      <div className={styles.head}>
        <h2 id="usage">{texts.usage}</h2>
        <button className={button.quiet} type="button" onClick={() => dialog.current?.close()}>
          {close}
        </button>
      </div>
      {failure !== null && (
        <NoticeLine notice={failure} then="tryAgain">
          <button
            className={button.quiet}
            type="button"
            onClick={() => setAttempt((before) => before + 1)}
          >
            {tryAgain}
          </button>
        </NoticeLine>
      )}
      {report ??
        (failure === null && (
          <p role="status">
            {texts.loading} <SlowHint />
          </p>
        ))}
    </dialog>
  );
}

/** Loads the script that requests and draws the figures. The byte budget of the first load has no room for it. */
async function loadReport(signal: AbortSignal): Promise<ReactNode> {
  const { loadFigures } = await import("./usage-figures.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadFigures(signal);
}

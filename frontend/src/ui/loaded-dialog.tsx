import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { ApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import styles from "./loaded-dialog.module.css";
import { type Notice, toNotice } from "./notice.ts";
import { NoticeLine } from "./notice-line.tsx";
import { SlowHint } from "./slow-hint.tsx";

/** A dialog that loads its content when it opens, and offers another attempt after a failure. */
export function LoadedDialog({
  title,
  loading,
  load,
  isLarge = false,
  onClose,
  onSessionEnded,
}: {
  title: string;
  /** Shown until the content has loaded. */
  loading: string;
  /** Must be the same function in each render. Throws an `ApiProblem`, or the signal's reason. */
  load: (signal: AbortSignal) => Promise<ReactNode>;
  /** As large as the window, for something to read. */
  isLarge?: boolean;
  onClose: () => void;
  onSessionEnded: () => void;
}) {
  const { close, tryAgain } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const [content, setContent] = useState<ReactNode>(null);
  const [failure, setFailure] = useState<Notice | null>(null);
  const [attempt, setAttempt] = useState(1);
  const titleId = useId();

  useEffect(() => dialog.current?.showModal(), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const unmounting = new AbortController();
    const { signal } = unmounting;
    setFailure(null);
    load(signal).then(setContent, (error: unknown) => {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
    });
    return () => unmounting.abort();
  }, [attempt, load, onSessionEnded]);

  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-large={isLarge || undefined}
      aria-labelledby={titleId}
      onClose={onClose}
    >
      <div className={styles.head}>
        <h2 id={titleId}>{title}</h2>
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
      {content ??
        (failure === null && (
          <p role="status">
            {loading} <SlowHint />
          </p>
        ))}
    </dialog>
  );
}

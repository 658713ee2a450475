import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import styles from "./loaded-dialog.module.css";
import { NoticeLine } from "./notice-line.tsx";
import { SlowHint } from "./slow-hint.tsx";
import { useLoaded } from "./use-loaded.ts";

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
  const { close } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const { loaded, failure, loadAgain } = useLoaded(load, onSessionEnded);
  const titleId = useId();

  useEffect(() => dialog.current?.showModal(), []);

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
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" onRetry={loadAgain} />}
      {loaded ??
        (failure === null && (
          <p role="status">
            {loading} <SlowHint />
          </p>
        ))}
    </dialog>
  );
}

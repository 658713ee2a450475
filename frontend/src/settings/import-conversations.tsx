import { useEffect, useRef, useState } from "react";
import { ApiProblem } from "../api/api-problem.ts";
import { UnknownFile } from "../conversation-import/imported-conversation.ts";
import { readImportFile } from "../conversation-import/read-import-file.ts";
import { type ImportProgress, sendImports } from "../conversation-import/send-imports.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { FileButton } from "../ui/file-button.tsx";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import styles from "./page-settings.module.css";

type State =
  | { is: "idle" | "reading" | "unknown" | "cancelled" }
  | { is: "running"; progress: ImportProgress }
  | { is: "done"; imported: number; left: number };

/** Stores the conversations of a file. Ends with the dialog; what is stored by then stays. */
export function ImportConversations({
  onImported,
  onSessionEnded,
}: {
  onImported: () => void;
  onSessionEnded: () => void;
}) {
  const { cancel } = useTexts();
  const { data: texts } = usePageSettingsTexts();
  const [state, setState] = useState<State>({ is: "idle" });
  const [failure, setFailure] = useState<Notice | null>(null);
  const running = useRef<AbortController>(null);

  useEffect(() => () => running.current?.abort(), []);

  const start = async (file: File | undefined) => {
    if (file === undefined) return;
    const run = new AbortController();
    running.current = run;
    setFailure(null);
    setState({ is: "reading" });
    try {
      const { conversations, unreadable } = readImportFile(await file.text());
      const { done, refused } = await sendImports(
        conversations,
        texts.untitled,
        run.signal,
        (progress) => setState({ is: "running", progress }),
      );
      setState({ is: "done", imported: done - refused, left: refused + unreadable });
    } catch (error) {
      if (run.signal.aborted) return setState({ is: "cancelled" });
      // A file that has moved or is too large to be a text.
      if (error instanceof UnknownFile || error instanceof DOMException)
        return setState({ is: "unknown" });
      setState({ is: "idle" });
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
    } finally {
      onImported();
    }
  };

  const describe = (): string => {
    switch (state.is) {
      case "idle":
        return "";
      case "reading":
        return texts.reading;
      case "unknown":
        return texts.unknownFile;
      case "cancelled":
        return texts.cancelled;
      case "done":
        return texts.imported(state.imported, state.left);
      case "running": {
        const { done, total, isWaiting } = state.progress;
        return isWaiting ? texts.waiting : texts.progress(done, total);
      }
    }
  };
  return (
    <div className={styles.action}>
      <p className={styles.aside}>{texts.importExplained}</p>
      {state.is === "running" ? (
        <>
          <button
            className={button.quiet}
            type="button"
            // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
            autoFocus
            onClick={() => running.current?.abort()}
          >
            {cancel}
          </button>
          <progress
            className={styles.progress}
            aria-label={texts.import}
            max={state.progress.total}
            value={state.progress.done}
          />
        </>
      ) : (
        <FileButton
          className={button.quiet}
          accept=".json,application/json"
          onFiles={([file]) => void start(file)}
        >
          {texts.import}
        </FileButton>
      )}
      <p role="status">{describe()}</p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
    </div>
  );
}

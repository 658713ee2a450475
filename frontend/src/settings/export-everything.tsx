import { useEffect, useRef, useState } from "react";
import { ApiProblem } from "../api/api-problem.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { download } from "../ui/download.ts";
import { type Notice, toNotice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import { type ExportProgress, exportConversations } from "./export-conversations.ts";
import styles from "./page-settings.module.css";

type State =
  | { is: "idle" }
  | { is: "running"; progress: ExportProgress }
  | { is: "done"; count: number }
  | { is: "cancelled" };

/** Saves all conversations as one file. Ends with the dialog. */
export function ExportEverything({ onSessionEnded }: { onSessionEnded: () => void }) {
  const { cancel } = useTexts();
  const { data: texts } = usePageSettingsTexts();
  const [state, setState] = useState<State>({ is: "idle" });
  const [failure, setFailure] = useState<Notice | null>(null);
  const running = useRef<AbortController>(null);

  useEffect(() => () => running.current?.abort(), []);

  const start = async () => {
    const run = new AbortController();
    running.current = run;
    setFailure(null);
    try {
      const { parts, count } = await exportConversations(run.signal, (progress) =>
        setState({ is: "running", progress }),
      );
      if (count > 0) download(fileName(), "application/json", ...parts);
      setState({ is: "done", count });
    } catch (error) {
      if (run.signal.aborted) return setState({ is: "cancelled" });
      setState({ is: "idle" });
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) onSessionEnded();
      else setFailure(toNotice(error));
    }
  };

  const describe = (): string => {
    switch (state.is) {
      case "idle":
        return "";
      case "cancelled":
        return texts.cancelled;
      case "done":
        return state.count === 0 ? texts.nothing : texts.exported(state.count);
      case "running": {
        const { done, total, isWaiting } = state.progress;
        if (isWaiting) return texts.waiting;
        return total === null ? texts.listing : texts.progress(done, total);
      }
    }
  };
  const isRunning = state.is === "running";
  return (
    <div className={styles.action}>
      <p className={styles.aside}>{texts.exportExplained}</p>
      {/* The same button, so that it keeps the focus. */}
      <button
        className={button.quiet}
        type="button"
        onClick={() => (isRunning ? running.current?.abort() : void start())}
      >
        {isRunning ? cancel : texts.export}
      </button>
      {isRunning && (
        <progress
          className={styles.progress}
          aria-label={texts.export}
          max={state.progress.total ?? undefined}
          value={state.progress.total === null ? undefined : state.progress.done}
        />
      )}
      <p role="status">{describe()}</p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
    </div>
  );
}

const fileName = () => `conversations-${new Date().toISOString().slice(0, 10)}.json`;

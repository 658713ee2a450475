import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { download } from "../ui/download.ts";
import { type ExportProgress, exportConversations } from "./export-conversations.ts";
import styles from "./page-settings.module.css";
import { RunStatus } from "./run-status.tsx";
import { useLongRun } from "./use-long-run.ts";

/** Saves all conversations as one file. Ends with the dialog. */
export function ExportEverything({ onSessionEnded }: { onSessionEnded: () => void }) {
  const { cancel } = useTexts();
  const { data: texts } = usePageSettingsTexts();
  const run = useLongRun<ExportProgress, number>(onSessionEnded);
  const { state } = run;

  const save = () =>
    run.start(async (signal, onProgress) => {
      const { parts, count } = await exportConversations(signal, onProgress);
      if (count > 0) download(fileName(), "application/json", ...parts);
      return count;
    });

  const describe = (): string => {
    switch (state.is) {
      case "idle":
        return "";
      case "cancelled":
        return texts.cancelled;
      case "done":
        return state.result === 0 ? texts.nothing : texts.exported(state.result);
      case "running": {
        const { done = 0, total = null, isWaiting = false } = state.progress ?? {};
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
        onClick={() => (isRunning ? run.cancel() : void save())}
      >
        {isRunning ? cancel : texts.export}
      </button>
      <RunStatus
        label={texts.export}
        progress={isRunning ? (state.progress ?? { done: 0, total: null }) : null}
        text={describe()}
        failure={run.failure}
      />
    </div>
  );
}

const fileName = () => `conversations-${new Date().toISOString().slice(0, 10)}.json`;

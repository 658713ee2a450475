import { UnknownFile } from "../conversation-import/imported-conversation.ts";
import { readImportFile } from "../conversation-import/read-import-file.ts";
import { type ImportProgress, sendImports } from "../conversation-import/send-imports.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { FileButton } from "../ui/file-button.tsx";
import styles from "./page-settings.module.css";
import { RunStatus } from "./run-status.tsx";
import { useLongRun } from "./use-long-run.ts";

/** Null: the page cannot read the file. */
type ImportResult = { imported: number; left: number } | null;

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
  const run = useLongRun<ImportProgress, ImportResult>(onSessionEnded);
  const { state } = run;

  const load = async (file: File) => {
    await run.start(async (signal, onProgress) => {
      const found = await readFile(file);
      if (found === null) return null;
      const { conversations, unreadable } = found;
      const { done, refused } = await sendImports(
        conversations,
        texts.untitled,
        signal,
        onProgress,
      );
      return { imported: done - refused, left: refused + unreadable };
    });
    onImported();
  };

  const describe = (): string => {
    switch (state.is) {
      case "idle":
        return "";
      case "cancelled":
        return texts.cancelled;
      case "done":
        if (state.result === null) return texts.unknownFile;
        return texts.imported(state.result.imported, state.result.left);
      case "running": {
        if (state.progress === undefined) return texts.reading;
        const { done, total, isWaiting } = state.progress;
        return isWaiting ? texts.waiting : texts.progress(done, total);
      }
    }
  };
  // While the file is read, its button stays.
  const progress = (state.is === "running" && state.progress) || null;
  return (
    <div className={styles.action}>
      <p className={styles.aside}>{texts.importExplained}</p>
      {progress ? (
        <button
          className={button.quiet}
          type="button"
          // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
          autoFocus
          onClick={run.cancel}
        >
          {cancel}
        </button>
      ) : (
        <FileButton
          className={button.quiet}
          accept=".json,application/json"
          onFiles={([file]) => file && void load(file)}
        >
          {texts.import}
        </FileButton>
      )}
      <RunStatus label={texts.import} progress={progress} text={describe()} failure={run.failure} />
    </div>
  );
}

/** Returns null for a file of another kind, and for one that has moved or is too large to be a text. */
async function readFile(file: File) {
  try {
    return readImportFile(await file.text());
  } catch (error) {
    if (error instanceof UnknownFile || error instanceof DOMException) return null;
    throw error;
  }
}

import type { DocumentTexts } from "../texts/document-english.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import button from "../ui/button.module.css";
import { FileButton } from "../ui/file-button.tsx";
import { updateDocument } from "./document-requests.ts";
import { DocumentSentence } from "./document-sentence.tsx";
import type { Upload } from "./upload.ts";
import { isFinal } from "./upload-problems.ts";
import styles from "./upload-state.module.css";
import { uploads } from "./uploads.ts";
import { useDocumentWords } from "./use-document-words.ts";

/** How far an upload is: a bar while the browser sends, else words. */
export function UploadState({ upload }: { upload: Upload }) {
  const { upload: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const { state, name, bytes, sentBytes, problem, document } = upload;
  const percent = Math.floor((100 * sentBytes) / Math.max(1, bytes));
  const failure =
    problem !== null
      ? words.problem(problem)
      : document?.problem && <DocumentSentence sentence={document.problem} />;
  return (
    <>
      {state === "sending" && (
        <progress
          className={styles.bar}
          aria-label={texts.progress(name)}
          max={100}
          value={percent}
        />
      )}
      <span className={state === "failed" ? styles.failed : styles.state} role="status">
        <span className="spoken">{name} </span>
        {state === "failed" && <span aria-hidden="true">⚠ </span>}
        {describeState(state, percent, texts)}
        {state === "failed" && failure && (
          <span dir="auto">
            {": "}
            {failure}
          </span>
        )}
      </span>
    </>
  );
}

/** A screen reader hears that the sending has begun, not every percent: the bar has them. */
function describeState(
  state: Upload["state"],
  percent: number,
  { states }: DocumentTexts["upload"],
) {
  if (state !== "sending") return states[state];
  return <span aria-hidden="true">{states.sending(percent)}</span>;
}

/** The way on after a failure: once more, or with the file that a reload has taken away. */
export function UploadAgain({ upload }: { upload: Upload }) {
  const { upload: texts } = useDocumentTexts();
  const { key, name, state, file, problem } = upload;
  if (state !== "failed" || (problem !== null && isFinal(problem))) return null;
  if (file === null && problem !== null) {
    return (
      <FileButton
        className={button.plain}
        onFiles={([again]) => again && uploads.resend(key, again)}
      >
        {texts.choose}
        <span className="spoken"> {name}</span>
      </FileButton>
    );
  }
  const readAgain = (id: string) => updateDocument(id, { retry: true });
  return (
    <button
      className={button.plain}
      type="button"
      aria-label={texts.retryUpload(name)}
      onClick={() => void uploads.retry(key, readAgain)}
    >
      {texts.retry}
    </button>
  );
}

import { useDocumentTexts } from "../texts/use-document-texts.ts";
import button from "../ui/button.module.css";
import styles from "./document-list.module.css";
import type { Upload } from "./upload.ts";
import { UploadAgain, UploadState } from "./upload-state.tsx";
import { uploads } from "./uploads.ts";
import { useDocumentWords } from "./use-document-words.ts";

/** A file that is on its way, or that did not arrive. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { upload: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const { key, name, bytes, state, target } = upload;
  const isMoving = state === "waiting" || state === "checking" || state === "sending";
  return (
    <li className={styles.row}>
      <p className={styles.name} dir="auto">
        {target.replaces === null ? name : texts.newVersion(target.replaces.name)}
      </p>
      <div className={styles.facts}>
        <UploadState upload={upload} />
        <span>{words.size(bytes)}</span>
      </div>
      <div className={styles.actions}>
        <UploadAgain upload={upload} />
        {isMoving ? (
          <button
            className={button.plain}
            type="button"
            aria-label={texts.cancelUpload(name)}
            onClick={() => uploads.cancel(key)}
          >
            {texts.cancel}
          </button>
        ) : (
          state === "failed" && (
            <button
              className={button.plain}
              type="button"
              aria-label={texts.dismissUpload(name)}
              onClick={() => uploads.cancel(key)}
            >
              {texts.dismiss}
            </button>
          )
        )}
      </div>
    </li>
  );
}

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import button from "../ui/button.module.css";
import styles from "./attachments.module.css";
import { composerFiles } from "./composer-files.ts";
import type { Upload } from "./upload.ts";
import { UploadAgain, UploadState } from "./upload-state.tsx";
import { uploads } from "./uploads.ts";
import { useUploads } from "./use-uploads.ts";

export interface AttachmentsProps {
  /** Null for a new conversation. */
  conversationId: string | null;
  /** Sends the message. `isPatient`: not before every file can be used. */
  onSend: (isPatient: boolean) => void;
  onSessionEnded: () => void;
}

/** The files of the next message, with how far each is. */
export function Attachments({ conversationId, onSend, onSessionEnded }: AttachmentsProps) {
  const { attachments: texts } = useDocumentTexts();
  const [isHeld, setIsHeld] = useState(false);
  const all = useUploads();
  const attached = all.filter(
    ({ target }) => target.isAttached && target.conversationId === conversationId,
  );
  const isPending = attached.some(({ state }) => state !== "ready");
  const { line } = texts;
  useTarget(conversationId, () => setIsHeld(true));

  useEffect(() => uploads.setOnSessionEnded(onSessionEnded), [onSessionEnded]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of an upload makes a new list
  useEffect(() => {
    const ready = attached.filter(({ state }) => state === "ready");
    composerFiles.setAttached({
      line: ready.length === 0 ? "" : line(ready.map(({ name }) => name).join(", ")),
      unbound: ready.flatMap(unboundId),
      isPending,
      clear: () => uploads.dismiss(ready.map(({ key }) => key)),
      hold: () => setIsHeld(true),
    });
    return () => composerFiles.setAttached(null);
  }, [all, conversationId, line]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the last file that gets ready sends the message
  useEffect(() => {
    if (!isHeld || isPending) return;
    setIsHeld(false);
    onSend(true);
  }, [isHeld, isPending]);

  const hasFailed = attached.some(({ state }) => state === "failed");
  if (attached.length === 0) return null;
  return (
    <div className={styles.attachments}>
      <ul className={styles.chips} aria-label={texts.attached}>
        {attached.map((upload) => (
          <Chip key={upload.key} upload={upload} />
        ))}
      </ul>
      {isHeld && (
        <div className={styles.held}>
          <p role="status">{hasFailed ? texts.heldByFailure : texts.held}</p>
          <button
            className={button.plain}
            type="button"
            onClick={() => {
              setIsHeld(false);
              onSend(false);
            }}
          >
            {texts.sendWithout}
          </button>
          <button className={button.plain} type="button" onClick={() => setIsHeld(false)}>
            {texts.dontSend}
          </button>
        </div>
      )}
    </div>
  );
}

/**
 * Uploads the chosen files for the conversation. They stay with it when it gets an id. Calls `hold` if the person has sent the
 * message before.
 */
function useTarget(conversationId: string | null, hold: () => void): void {
  const chosen = useSyncExternalStore(composerFiles.subscribe, composerFiles.readChosen);
  const before = useRef(conversationId);

  useEffect(() => {
    // The component belongs to one conversation, so that its id changes only from null.
    if (before.current === null && conversationId !== null) uploads.moveTo(conversationId);
    before.current = conversationId;
  }, [conversationId]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each choice brings files
  useEffect(() => {
    const taken = composerFiles.takeChosen();
    if (taken === null) return;
    if (taken.isHeld) hold();
    uploads.add(taken.files, { scope: "own", conversationId, isAttached: true, replaces: null });
  }, [chosen, conversationId]);
}

/** A document that was there before stays in the list of its owner. */
function unboundId({ document, isNew }: Upload): string[] {
  return document !== null && isNew && document.conversation_id === null ? [document.id] : [];
}

function Chip({ upload }: { upload: Upload }) {
  const { attachments: texts } = useDocumentTexts();
  const { key, name } = upload;
  return (
    <li className={styles.chip} data-state={upload.state}>
      <span className={styles.name} dir="auto">
        {name}
      </span>
      <span className={styles.state}>
        <UploadState upload={upload} />
        <UploadAgain upload={upload} />
      </span>
      <button
        className={styles.remove}
        type="button"
        aria-label={texts.remove(name)}
        title={texts.remove(name)}
        onClick={() => uploads.cancel(key)}
      >
        <span aria-hidden="true">×</span>
      </button>
    </li>
  );
}

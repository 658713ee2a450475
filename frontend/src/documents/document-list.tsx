import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Document } from "#lib/contract/document.ts";
import { isolated } from "../texts/isolated.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import button from "../ui/button.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import { UndoLine } from "../ui/undo-line.tsx";
import { useIncomingFiles } from "../ui/use-incoming-files.ts";
import { AddDocuments, type ChosenScope } from "./add-documents.tsx";
import styles from "./document-list.module.css";
import { createDocumentListStore } from "./document-list-store.ts";
import { DocumentRow } from "./document-row.tsx";
import { UploadRow } from "./upload-row.tsx";
import { uploads } from "./uploads.ts";
import { useDocumentWords } from "./use-document-words.ts";
import { useUploads } from "./use-uploads.ts";

interface DocumentListProps {
  /** The open conversation. Null for a new one, to which no document can be attached yet. */
  conversationId: string | null;
  onSessionEnded: () => void;
}

export const createDocumentList = (props: DocumentListProps): ReactNode => (
  <DocumentList {...props} />
);

const maxSearchLength = 100;

/** The documents that answers may quote: to add, search, open, rename, replace, share and delete. */
function DocumentList({ conversationId, onSessionEnded }: DocumentListProps) {
  const { list: texts } = useDocumentTexts();
  const words = useDocumentWords();
  const [list] = useState(() => createDocumentListStore({ onSessionEnded }));
  const view = useSyncExternalStore(list.subscribe, list.read);
  const running = useUploads();
  const [scope, setScope] = useState<ChosenScope>("own");
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => list.open(), [list]);
  useEffect(() => uploads.setOnSessionEnded(onSessionEnded), [onSessionEnded]);

  const add = (files: File[], replaces: Document | null = null) =>
    uploads.add(files, {
      scope: replaces?.scope ?? (scope === "site" ? "site" : "own"),
      conversationId:
        replaces?.conversation_id ?? (scope === "conversation" ? conversationId : null),
      isAttached: false,
      replaces,
    });
  const isDragged = useIncomingFiles(add, true);
  const { documents, deleted, searched, status } = view;
  // A file in the composer is kept here after it is ready, until its message is sent.
  const shownUploads = running.filter(({ state }) => state !== "ready");
  // A newer version on its way hides nothing: its document can still be read.
  const isOnItsWay = ({ id }: Document) =>
    shownUploads.some(({ documentId, target }) => documentId === id && target.replaces === null);
  const shown = documents.filter((each) => !isOnItsWay(each));
  return (
    <div className={styles.documents} data-dragged={isDragged || undefined}>
      <AddDocuments
        limits={view.limits}
        scope={scope}
        onScope={setScope}
        hasConversation={conversationId !== null}
        onFiles={add}
      />
      {shownUploads.length > 0 && <Uploads shown={shownUploads} />}
      <input
        className={styles.search}
        type="search"
        ref={search}
        aria-label={texts.search}
        placeholder={texts.search}
        maxLength={maxSearchLength}
        value={searched}
        onChange={(event) => list.search(event.target.value)}
      />
      {view.notice !== null && (
        <NoticeLine
          notice={words.notice(view.notice)}
          then="tryAgain"
          onRetry={status === "failed" ? list.refresh : undefined}
        />
      )}
      {deleted !== null && (
        <UndoLine
          key={deleted.id}
          text={texts.deleted(isolated(deleted.name))}
          hasFocus
          onUndo={() => {
            list.undoDelete();
            search.current?.focus();
          }}
        />
      )}
      {status === "loading" && <p className={styles.aside}>{texts.loading}</p>}
      {status === "ready" && shown.length === 0 && shownUploads.length === 0 && (
        <p className={styles.aside}>
          {searched === "" ? texts.empty : texts.noResults(isolated(searched))}
        </p>
      )}
      <ul className={styles.rows} aria-label={texts.documents}>
        {shown.map((document) => (
          <DocumentRow
            key={document.id}
            document={document}
            onRename={(name) => list.rename(document, name)}
            onReplace={(file) => add([file], document)}
            onMove={(next) => list.moveTo(document, next)}
            onRetry={() => list.retry(document)}
            onDelete={() => list.delete(document)}
          />
        ))}
      </ul>
      {view.nextCursor !== null && (
        <button className={button.quiet} type="button" onClick={list.loadMore}>
          {texts.loadMore}
        </button>
      )}
    </div>
  );
}

function Uploads({ shown }: { shown: ReturnType<typeof useUploads> }) {
  const { upload: texts } = useDocumentTexts();
  return (
    <ul className={styles.rows} aria-label={texts.uploads}>
      {shown.map((upload) => (
        <UploadRow key={upload.key} upload={upload} />
      ))}
    </ul>
  );
}

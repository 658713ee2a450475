import { type ReactNode, useState, useSyncExternalStore } from "react";
import { toApiProblem } from "../api/api-problem.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";
import { composerFiles } from "./composer-files.ts";
import { parseDocumentHash } from "./document-address.ts";
import styles from "./document-tools.module.css";

/** What the chat shows before a person uses documents. All else loads when they do. */
export const documentTools = { AttachButton, DocumentLayers };

interface DialogProps {
  onClose: () => void;
  onSessionEnded: () => void;
}

/** The paper clip at the composer. */
function AttachButton() {
  const { documents: texts } = useTexts();
  return (
    <FileButton
      className={styles.attach}
      label={texts.attach}
      isMultiple
      onFiles={composerFiles.choose}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M13.2 7.3 7.7 12.8a3.1 3.1 0 0 1-4.4-4.4l5.9-5.9a2.1 2.1 0 0 1 3 3l-5.7 5.7a1 1 0 0 1-1.5-1.5l5.2-5.2" />
      </svg>
    </FileButton>
  );
}

/** What lies above the chat: the place to drop files, the list of documents, and an open document. */
function DocumentLayers({
  conversationId,
  isDragged,
  isListOpen,
  onCloseList,
  onSessionEnded,
}: {
  /** Null for a new conversation. */
  conversationId: string | null;
  /** Whether files are being dragged over the page. */
  isDragged: boolean;
  isListOpen: boolean;
  onCloseList: () => void;
  onSessionEnded: () => void;
}) {
  const { documents: texts } = useTexts();
  return (
    <>
      {isDragged && <p className={styles.drop}>{texts.drop}</p>}
      {isListOpen && (
        <DocumentsDialog
          conversationId={conversationId}
          onClose={onCloseList}
          onSessionEnded={onSessionEnded}
        />
      )}
      <OpenDocument onSessionEnded={onSessionEnded} />
    </>
  );
}

function DocumentsDialog({
  conversationId,
  ...props
}: DialogProps & { conversationId: string | null }) {
  const { menu, list } = useTexts();
  const { onSessionEnded } = props;
  const [load] = useState(() => async (): Promise<ReactNode> => {
    const { createDocumentList } = await loaded(import("./document-list.tsx"));
    return createDocumentList({ conversationId, onSessionEnded });
  });
  return <LoadedDialog title={menu.documents} loading={list.loading} load={load} {...props} />;
}

/** The document that the page's address names: see `documentHash`. */
function OpenDocument({ onSessionEnded }: { onSessionEnded: () => void }) {
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  const place = parseDocumentHash(hash);
  if (place === null) return null;
  return (
    <DocumentDialog
      key={hash}
      load={async (signal) => {
        const { loadDocumentView } = await loaded(import("./document-view.tsx"));
        return await loadDocumentView(place, signal, onSessionEnded);
      }}
      onClose={leaveDocument}
      onSessionEnded={onSessionEnded}
    />
  );
}

function DocumentDialog({
  load: firstLoad,
  ...props
}: DialogProps & { load: (signal: AbortSignal) => Promise<ReactNode> }) {
  const { documents: texts, list } = useTexts();
  const [load] = useState(() => firstLoad);
  return (
    <LoadedDialog title={texts.document} loading={list.loading} load={load} isLarge {...props} />
  );
}

const loaded = async <Module,>(script: Promise<Module>): Promise<Module> =>
  await script.catch((error) => {
    throw toApiProblem(error);
  });

function subscribeToHash(listener: () => void): () => void {
  const onHash = () => {
    // Marks the entry as one that this page has added, so that closing goes back to the entry before.
    if (location.hash !== "" && history.state === null) history.replaceState({ isOurs: true }, "");
    listener();
  };
  window.addEventListener("hashchange", onHash);
  return () => window.removeEventListener("hashchange", onHash);
}

function leaveDocument(): void {
  if (history.state?.isOurs) history.back();
  else {
    history.replaceState(null, "", location.pathname);
    dispatchEvent(new Event("hashchange"));
  }
}

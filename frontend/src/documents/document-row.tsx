import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { isBlank } from "#lib/contract/blank-text.ts";
import type { Document, DocumentScope } from "#lib/contract/document.ts";
import { useDocumentTexts } from "../texts/use-document-texts.ts";
import { useFormats } from "../texts/use-formats.ts";
import button from "../ui/button.module.css";
import { FileButton } from "../ui/file-button.tsx";
import { isComposing } from "../ui/is-composing.ts";
import { documentHash } from "./document-address.ts";
import styles from "./document-list.module.css";
import { isPending } from "./document-list-store.ts";
import { DocumentSentence } from "./document-sentence.tsx";
import { useDocumentWords } from "./use-document-words.ts";

interface DocumentRowProps {
  document: Document;
  onRename: (name: string) => void;
  onReplace: (file: File) => void;
  /** Shares the document with everyone here, or takes it back. */
  onMove: (scope: DocumentScope) => void;
  onRetry: () => void;
  onDelete: () => void;
}

/** One document of the list. Its name is a link that opens it. */
export function DocumentRow(props: DocumentRowProps) {
  const { row: texts } = useDocumentTexts();
  const [isRenaming, setIsRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const wasByKey = useRef(false);
  const { document, onRename } = props;
  const { name, state } = document;

  useEffect(() => {
    if (isRenaming || !wasByKey.current) return;
    wasByKey.current = false;
    renameButton.current?.focus();
  }, [isRenaming]);

  return (
    <li className={styles.row}>
      {isRenaming ? (
        <RenameField
          name={name}
          onEnd={(next, isByKey) => {
            wasByKey.current = isByKey;
            setIsRenaming(false);
            if (next !== null) onRename(next);
          }}
        />
      ) : (
        <a
          className={styles.name}
          href={documentHash({ documentId: document.id })}
          aria-label={texts.open(name)}
          dir="auto"
        >
          {name}
        </a>
      )}
      <Facts document={document} />
      {state === "failed" && document.problem !== null && (
        <p className={styles.problem} dir="auto">
          <span aria-hidden="true">⚠ </span>
          <DocumentSentence sentence={document.problem} />
        </p>
      )}
      {state === "ready" &&
        document.notes.map((note) => (
          <p key={note} className={styles.facts} dir="auto">
            <DocumentSentence sentence={note} />
          </p>
        ))}
      {hasOlderInUse(document) && <p className={styles.facts}>{texts.olderInUse}</p>}
      <Actions {...props} renameButton={renameButton} onStartRename={() => setIsRenaming(true)} />
    </li>
  );
}

const hasOlderInUse = ({ state, version_id, searched_version_id }: Document) =>
  state !== "ready" && searched_version_id !== null && searched_version_id !== version_id;

function Facts({ document }: { document: Document }) {
  const { row: texts } = useDocumentTexts();
  const formats = useFormats();
  const words = useDocumentWords();
  const { state, scope, is_mine, conversation_id, version, created_at, ready_at } = document;
  const pages = words.pages(document);
  const isUnfinished = state === "uploading" && !isPending(document);
  const owned = conversation_id === null ? texts.mine : texts.conversation;
  const shared = is_mine ? texts.siteByMe : texts.site;
  const at = new Date(ready_at ?? created_at);
  return (
    <p className={styles.facts}>
      <span className={styles.badge} data-state={isUnfinished ? "failed" : state}>
        {texts.states[isUnfinished ? "unfinished" : state]}
      </span>
      <span>{words.size(document.bytes)}</span>
      {pages !== null && <span>{pages}</span>}
      <span>{scope === "site" ? shared : owned}</span>
      {version > 1 && <span>{texts.version(version)}</span>}
      <time dateTime={at.toISOString()}>{formats.time(at)}</time>
    </p>
  );
}

function Actions({
  document,
  renameButton,
  onStartRename,
  onReplace,
  onMove,
  onRetry,
  onDelete,
}: DocumentRowProps & {
  renameButton: RefObject<HTMLButtonElement | null>;
  onStartRename: () => void;
}) {
  const { row: texts, upload } = useDocumentTexts();
  const { name, state, scope, is_mine } = document;
  const isUnfinished = state === "uploading" && !isPending(document);
  const isShared = scope === "site";
  const canMove = isShared ? is_mine : state === "ready";
  return (
    <div className={styles.actions}>
      {state === "failed" && (
        <RowButton label={texts.retryDocument(name)} onPress={onRetry}>
          {texts.retry}
        </RowButton>
      )}
      <RowButton ref={renameButton} label={texts.renameDocument(name)} onPress={onStartRename}>
        {texts.rename}
      </RowButton>
      {(state !== "uploading" || isUnfinished) && (
        <FileButton
          className={button.plain}
          label={texts.replaceDocument(name)}
          onFiles={([file]) => file && onReplace(file)}
        >
          {isUnfinished ? upload.choose : texts.replace}
        </FileButton>
      )}
      {canMove && (
        // One button for both ways, so that the focus stays on it.
        <RowButton
          label={isShared ? texts.unshareDocument(name) : texts.shareDocument(name)}
          onPress={() => onMove(isShared ? "own" : "site")}
        >
          {isShared ? texts.unshare : texts.share}
        </RowButton>
      )}
      <RowButton label={texts.deleteDocument(name)} onPress={onDelete}>
        {texts.delete}
      </RowButton>
    </div>
  );
}

/** @param label names the document too, for screen readers: every row has the same buttons */
function RowButton({
  label,
  onPress,
  ref,
  children,
}: {
  label: string;
  onPress: () => void;
  ref?: RefObject<HTMLButtonElement | null>;
  children: string;
}) {
  return (
    <button className={button.plain} type="button" ref={ref} aria-label={label} onClick={onPress}>
      {children}
    </button>
  );
}

/** Enter and leaving the field rename the document. Escape cancels. The ending stays: it says how to read the file. */
function RenameField({
  name,
  onEnd,
}: {
  name: string;
  /** Gets the new name, or null if the person cancelled or did not change it. `isByKey`: by Enter or Escape. */
  onEnd: (next: string | null, isByKey: boolean) => void;
}) {
  const { row: texts } = useDocumentTexts();
  const endKey = useRef<"Enter" | "Escape" | null>(null);
  const ending = /\.[^.]*$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - ending.length);

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    // Escape would close the dialog too.
    event.preventDefault();
    endKey.current = event.key;
    event.currentTarget.blur();
  };
  const onBlur = (next: string) => {
    const isChanged = endKey.current !== "Escape" && !isBlank(next) && next !== stem;
    onEnd(isChanged ? next + ending : null, endKey.current !== null);
  };
  return (
    <span className={styles.renaming}>
      <input
        className={styles.rename}
        aria-label={texts.name}
        defaultValue={stem}
        maxLength={255 - ending.length}
        // biome-ignore lint/a11y/noAutofocus: the person pressed Rename to write here
        autoFocus
        onFocus={(event) => event.target.select()}
        onKeyDown={onKey}
        onBlur={(event) => onBlur(event.target.value.trim())}
      />
      {ending}
    </span>
  );
}

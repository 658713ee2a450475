import { useEffect, useRef } from "react";
import { type ListedConversation, maxSearchLength } from "#lib/contract/conversation.ts";
import { isolated } from "../texts/isolated.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import styles from "./conversation-list.module.css";
import { ConversationRow } from "./conversation-row.tsx";
import type { useConversationList } from "./use-conversation-list.ts";

interface ConversationListProps {
  list: ReturnType<typeof useConversationList>;
  /** True: the list is beside the chat. False: the list is in a dialog above the chat. */
  isWide: boolean;
  isOpen: boolean;
  currentId: string | null;
  onClose: () => void;
  onOpen: (conversationId: string) => void;
  onCurrentDeleted: () => void;
}

/** The owner's conversations, newest first: to search, open, rename and delete. */
export function ConversationList(props: ConversationListProps) {
  const { list: texts, close } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const { isWide, isOpen, onClose } = props;

  useEffect(() => {
    if (isOpen && !isWide) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen, isWide]);

  if (isWide) {
    return (
      <aside className={styles.side} aria-label={texts.conversations}>
        <List {...props} />
      </aside>
    );
  }
  return (
    <dialog
      ref={dialog}
      className={styles.drawer}
      aria-label={texts.conversations}
      onClose={onClose}
    >
      {isOpen && (
        <>
          <button className={`${button.plain} ${styles.close}`} type="button" onClick={onClose}>
            {close}
          </button>
          <List {...props} />
        </>
      )}
    </dialog>
  );
}

function List({ list, currentId, onOpen, onCurrentDeleted }: ConversationListProps) {
  const { list: texts, tryAgain } = useTexts();
  const { conversations, deleted } = list;
  const { rows, search, focusSoon } = useFocusAfterChange(conversations);

  const remove = (conversation: ListedConversation) => {
    const index = conversations.indexOf(conversation);
    focusSoon((conversations[index + 1] ?? conversations[index - 1])?.id ?? null);
    list.delete(conversation);
    if (conversation.id === currentId) onCurrentDeleted();
  };
  return (
    <div className={styles.list}>
      <input
        className={styles.search}
        type="search"
        ref={search}
        aria-label={texts.search}
        placeholder={texts.search}
        maxLength={maxSearchLength}
        value={list.searched}
        onChange={(event) => list.search(event.target.value)}
      />
      {list.notice !== null && (
        <NoticeLine notice={list.notice} then="tryAgain">
          {list.status === "failed" && (
            <button className={button.plain} type="button" onClick={list.refresh}>
              {tryAgain}
            </button>
          )}
        </NoticeLine>
      )}
      {deleted !== null && (
        <p className={styles.undo} role="status">
          <span>{texts.deleted(isolated(deleted.title))}</span>
          <button
            className={button.plain}
            type="button"
            onClick={() => {
              focusSoon(deleted.id);
              list.undoDelete();
            }}
          >
            {texts.undo}
          </button>
        </p>
      )}
      {list.status === "loading" && <p className={styles.aside}>{texts.loading}</p>}
      {list.status === "ready" && conversations.length === 0 && (
        <p className={styles.aside}>
          {list.searched === "" ? texts.empty : texts.noResults(isolated(list.searched))}
        </p>
      )}
      <ul className={styles.rows} aria-label={texts.conversations} ref={rows}>
        {conversations.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            onOpen={() => onOpen(conversation.id)}
            onRename={(title) => void list.rename(conversation.id, title)}
            onDelete={() => remove(conversation)}
          />
        ))}
      </ul>
      {list.nextCursor !== null && (
        <button className={button.quiet} type="button" onClick={list.loadMore}>
          {texts.loadMore}
        </button>
      )}
    </div>
  );
}

/**
 * Moves the focus after the focused row has left the list. `focusSoon` names the row to focus once the list shows it; null is
 * the search field.
 */
function useFocusAfterChange(conversations: ListedConversation[]) {
  const rows = useRef<HTMLUListElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const wanted = useRef<string | null | undefined>(undefined);

  useEffect(() => {
    const index = conversations.findIndex(({ id }) => id === wanted.current);
    const row = rows.current?.children[index]?.querySelector("a");
    const target = wanted.current === null ? search.current : row;
    if (!target) return;
    wanted.current = undefined;
    target.focus();
  }, [conversations]);

  const focusSoon = (conversationId: string | null) => {
    wanted.current = conversationId;
  };
  return { rows, search, focusSoon };
}

import { useEffect, useRef } from "react";
import { maxSearchLength } from "#lib/contract/conversation.ts";
import button from "../ui/button.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import styles from "./conversation-list.module.css";
import { ConversationRow } from "./conversation-row.tsx";
import type { useConversationList } from "./use-conversation-list.ts";

interface ConversationListProps {
  list: ReturnType<typeof useConversationList>;
  /** Beside the chat; else in a dialog above it. */
  isWide: boolean;
  isOpen: boolean;
  currentId: string | null;
  onClose: () => void;
  /** Null opens a new conversation. */
  onOpen: (conversationId: string | null) => void;
}

/** All of this person's conversations, newest first: to find, open, rename and delete. */
export function ConversationList(props: ConversationListProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { isWide, isOpen, onClose } = props;

  useEffect(() => {
    if (isOpen && !isWide) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen, isWide]);

  if (isWide) {
    return (
      <aside className={styles.side} aria-label="Conversations">
        <List {...props} />
      </aside>
    );
  }
  return (
    <dialog ref={dialog} className={styles.drawer} aria-label="Conversations" onClose={onClose}>
      {isOpen && (
        <>
          <button className={`${button.plain} ${styles.close}`} type="button" onClick={onClose}>
            Close
          </button>
          <List {...props} />
        </>
      )}
    </dialog>
  );
}

function List({ list, currentId, onOpen }: ConversationListProps) {
  const { conversations, deleted } = list;
  return (
    <div className={styles.list}>
      <input
        className={styles.search}
        type="search"
        aria-label="Search conversations"
        placeholder="Search conversations"
        maxLength={maxSearchLength}
        value={list.searched}
        onChange={(event) => list.search(event.target.value)}
      />
      {list.notice !== null && (
        <NoticeLine notice={list.notice} then="You can try again">
          {list.is === "failed" && (
            <button className={button.plain} type="button" onClick={list.refresh}>
              Load the list again
            </button>
          )}
        </NoticeLine>
      )}
      {deleted !== null && (
        <p className={styles.undo} role="status">
          <span>“{deleted.title}” is deleted.</span>
          <button className={button.plain} type="button" onClick={list.undoDelete}>
            Undo
          </button>
        </p>
      )}
      {list.is === "loading" && <p className={styles.aside}>Loading…</p>}
      {list.is === "ready" && conversations.length === 0 && (
        <p className={styles.aside}>
          {list.searched === ""
            ? "Your conversations will be here."
            : "No conversation holds these words."}
        </p>
      )}
      <ul className={styles.rows} aria-label="Conversations">
        {conversations.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            onOpen={() => onOpen(conversation.id)}
            onRename={(title) => void list.rename(conversation.id, title)}
            onDelete={() => {
              list.delete(conversation);
              if (conversation.id === currentId) onOpen(null);
            }}
          />
        ))}
      </ul>
      {list.nextCursor !== null && (
        <button className={button.quiet} type="button" onClick={list.more}>
          Show older
        </button>
      )}
    </div>
  );
}

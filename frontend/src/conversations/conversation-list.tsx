import { useEffect, useRef } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { latePart } from "../ui/late-part.tsx";
import styles from "./conversation-list.module.css";
import type { ListContentProps } from "./list-content.tsx";

interface ConversationListProps extends Omit<ListContentProps, "onHide"> {
  /** True: the list is beside the chat. False: the list is in a dialog above the chat. */
  isWide: boolean;
  isOpen: boolean;
  onClose: () => void;
}

/** On a phone the list is behind a button. On a wide screen its script loads beside that of the transcript. */
const ListContent = latePart(
  "list of conversations",
  async () => (await import("./list-content.tsx")).ListContent,
);

/** The owner's conversations: to search, open and tidy up. */
export function ConversationList({ isWide, isOpen, onClose, ...content }: ConversationListProps) {
  const { list: texts, close } = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    if (isOpen && !isWide) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen, isWide]);

  if (isWide) {
    return (
      isOpen && (
        <nav className={styles.side} aria-label={texts.conversations}>
          <ListContent {...content} onHide={onClose} />
        </nav>
      )
    );
  }
  return (
    <dialog
      ref={dialog}
      className={styles.drawer}
      aria-label={texts.conversations}
      // React also reports the end of a dialog inside this one.
      onClose={({ target, currentTarget }) => target === currentTarget && onClose()}
    >
      {isOpen && (
        <>
          <button className={`${button.plain} ${styles.close}`} type="button" onClick={onClose}>
            {close}
          </button>
          <nav aria-label={texts.conversations}>
            <ListContent {...content} onHide={null} />
          </nav>
        </>
      )}
    </dialog>
  );
}

import { type KeyboardEvent, useRef, useState } from "react";
import type { Conversation } from "#lib/contract/conversation.ts";
import { addressOf } from "../chat/place.ts";
import button from "../ui/button.module.css";
import styles from "./conversation-list.module.css";

/** One conversation of the list: a real link, so that it can also be opened in another tab. */
export function ConversationRow({
  conversation: { id, title },
  isCurrent,
  onOpen,
  onRename,
  onDelete,
}: {
  conversation: Conversation;
  isCurrent: boolean;
  onOpen: () => void;
  onRename: (title: string) => void;
  onDelete: () => void;
}) {
  const [isRenaming, setIsRenaming] = useState(false);
  const isCancelled = useRef(false);

  if (isRenaming) {
    const keep = (next: string) => {
      setIsRenaming(false);
      if (!isCancelled.current && next !== "" && next !== title) onRename(next);
      isCancelled.current = false;
    };
    const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      isCancelled.current = event.key === "Escape";
      event.currentTarget.blur();
    };
    return (
      <li className={styles.row}>
        <input
          className={styles.rename}
          aria-label="Title"
          defaultValue={title}
          maxLength={200}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
          autoFocus
          onFocus={(event) => event.target.select()}
          onKeyDown={onKey}
          onBlur={(event) => keep(event.target.value.trim())}
        />
      </li>
    );
  }
  return (
    <li className={styles.row} data-current={isCurrent || undefined}>
      <a
        className={styles.title}
        href={addressOf(id)}
        aria-current={isCurrent ? "page" : undefined}
        dir="auto"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
      >
        {title}
      </a>
      <div className={styles.actions}>
        <button
          className={button.plain}
          type="button"
          aria-label={`Rename ${title}`}
          onClick={() => setIsRenaming(true)}
        >
          Rename
        </button>
        <button
          className={button.plain}
          type="button"
          aria-label={`Delete ${title}`}
          onClick={onDelete}
        >
          Delete
        </button>
      </div>
    </li>
  );
}

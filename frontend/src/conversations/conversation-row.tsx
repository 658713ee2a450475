import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { isBlank } from "#lib/contract/blank-text.ts";
import { type ListedConversation, type Mark, maxTitleLength } from "#lib/contract/conversation.ts";
import { conversationPath } from "../chat/conversation/route.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "../ui/icon.tsx";
import { isComposing } from "../ui/is-composing.ts";
import styles from "./conversation-list.module.css";

/** One conversation of the list. A real link, so that a person can open it in another tab. */
export function ConversationRow({
  conversation: { id, title, title_marks = [], excerpt },
  isCurrent,
  onOpen,
  onRename,
  onDelete,
}: {
  conversation: ListedConversation;
  isCurrent: boolean;
  onOpen: () => void;
  onRename: (title: string) => void;
  onDelete: () => void;
}) {
  const { list: texts } = useTexts();
  const [isRenaming, setIsRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const wasByKey = useRef(false);

  useEffect(() => {
    if (isRenaming || !wasByKey.current) return;
    wasByKey.current = false;
    link.current?.focus();
  }, [isRenaming]);

  if (isRenaming) {
    return (
      <li className={styles.row}>
        <RenameField
          title={title}
          onEnd={(next, isByKey) => {
            wasByKey.current = isByKey;
            setIsRenaming(false);
            if (next !== null) onRename(next);
          }}
        />
      </li>
    );
  }
  return (
    <li className={styles.row} data-current={isCurrent || undefined}>
      <a
        className={styles.title}
        ref={link}
        href={conversationPath(id)}
        aria-current={isCurrent ? "page" : undefined}
        dir="auto"
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
      >
        <Marked text={title} marks={title_marks} />
        {excerpt && excerpt.turn_id !== null && (
          <span className={styles.excerpt} dir="auto">
            <Marked text={excerpt.text} marks={excerpt.marks} />
          </span>
        )}
      </a>
      <div className={styles.actions}>
        <button
          type="button"
          title={texts.rename}
          aria-label={texts.renameConversation(title)}
          onClick={() => setIsRenaming(true)}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          title={texts.delete}
          aria-label={texts.deleteConversation(title)}
          onClick={onDelete}
        >
          <Icon name="delete" />
        </button>
      </div>
    </li>
  );
}

interface RenameFieldProps {
  title: string;
  /** Gets the new title, or null if the person cancelled or did not change it. `isByKey`: by Enter or Escape. */
  onEnd: (next: string | null, isByKey: boolean) => void;
}

/** Enter and leaving the field rename the conversation. Escape cancels. */
function RenameField({ title, onEnd }: RenameFieldProps) {
  const { list: texts } = useTexts();
  const endKey = useRef<"Enter" | "Escape" | null>(null);

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    endKey.current = event.key;
    event.currentTarget.blur();
  };
  const onBlur = (next: string) => {
    const isChanged = endKey.current !== "Escape" && !isBlank(next) && next !== title;
    onEnd(isChanged ? next : null, endKey.current !== null);
  };
  return (
    <input
      className={styles.rename}
      aria-label={texts.title}
      defaultValue={title}
      maxLength={maxTitleLength}
      // biome-ignore lint/a11y/noAutofocus: the person pressed Rename to write here
      autoFocus
      onFocus={(event) => event.target.select()}
      onKeyDown={onKey}
      onBlur={(event) => onBlur(event.target.value.trim())}
    />
  );
}

/** A text with the matches of the search marked. */
function Marked({ text, marks }: { text: string; marks: Mark[] }): ReactNode {
  return [
    ...marks.flatMap(({ start, end }, index) => [
      text.slice(marks[index - 1]?.end ?? 0, start),
      <mark key={start}>{text.slice(start, end)}</mark>,
    ]),
    text.slice(marks.at(-1)?.end ?? 0),
  ];
}

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
  const isCancelled = useRef(false);
  const wasByKey = useRef(false);

  useEffect(() => {
    if (isRenaming || !wasByKey.current) return;
    wasByKey.current = false;
    link.current?.focus();
  }, [isRenaming]);

  if (isRenaming) {
    const keep = (next: string) => {
      setIsRenaming(false);
      if (!isCancelled.current && !isBlank(next) && next !== title) onRename(next);
      isCancelled.current = false;
    };
    const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
      if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      isCancelled.current = event.key === "Escape";
      wasByKey.current = true;
      event.currentTarget.blur();
    };
    return (
      <li className={styles.row}>
        <input
          className={styles.rename}
          aria-label={texts.title}
          defaultValue={title}
          maxLength={maxTitleLength}
          // biome-ignore lint/a11y/noAutofocus: the person pressed Rename to write here
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
          <Icon name="rename" />
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

import { memo, type ReactNode } from "react";
import type { ListedConversation, Mark } from "#lib/contract/conversation.ts";
import { conversationPath } from "../chat/conversation/route.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "../ui/icon.tsx";
import styles from "./conversation-list.module.css";

/**
 * One conversation of the list: a real link, so that a person can open it in another tab, and the button of its menu. The list
 * handles the events of all rows.
 */
export const ConversationRow = memo(function ConversationRow({
  conversation: { id, title, archived, title_marks = [], excerpt },
  isCurrent,
  isTabStop,
  hasMenu,
  isSearched,
}: {
  conversation: ListedConversation;
  isCurrent: boolean;
  /** The list is one stop of the Tab key. The arrow keys lead to the other rows and to the button. */
  isTabStop: boolean;
  hasMenu: boolean;
  isSearched: boolean;
}) {
  const { list: texts } = useTexts();
  return (
    <li className={styles.row} data-id={id} data-current={isCurrent || undefined}>
      <a
        className={styles.title}
        href={conversationPath(id)}
        tabIndex={isTabStop ? 0 : -1}
        aria-current={isCurrent ? "page" : undefined}
        aria-keyshortcuts="F2 Delete"
        dir="auto"
      >
        <Marked text={title} marks={title_marks} />
        {isSearched && archived && <span className={styles.badge}>{texts.archived}</span>}
        {excerpt && excerpt.turn_id !== null && (
          <span className={styles.excerpt} dir="auto">
            <Marked text={excerpt.text} marks={excerpt.marks} />
          </span>
        )}
      </a>
      <button
        className={styles.more}
        type="button"
        tabIndex={-1}
        aria-haspopup="menu"
        aria-expanded={hasMenu}
        aria-label={texts.options(title)}
      >
        <Icon name="more" />
      </button>
    </li>
  );
});

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

import type { ComponentProps, ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { Icon } from "#frontend/ui/icon.tsx";
import styles from "./chat-header.module.css";
import { DemoBadge } from "./demo-badge.tsx";
import { MoreMenu } from "./more-menu.tsx";

/** The conversation's title, the button for a new one, and the menu. */
export function ChatHeader({
  title,
  onShowList,
  onNewChat,
  isDemo,
  modelButton,
  ...menu
}: {
  /** Null for a conversation without a title. */
  title: string | null;
  /** Null while the list, with its own button for a new chat, is beside the conversation. */
  onShowList: (() => void) | null;
  onNewChat: () => void;
  isDemo: boolean;
  modelButton: ReactNode;
} & ComponentProps<typeof MoreMenu>) {
  const { header, product } = useTexts();
  return (
    <header className={styles.header}>
      {onShowList !== null && (
        <button
          className={`${button.quiet} ${styles.icon}`}
          type="button"
          aria-label={header.conversations}
          title={header.conversations}
          onClick={onShowList}
        >
          <Icon name="list" />
        </button>
      )}
      <img className={styles.mark} src="/favicon.svg" alt="" width="28" height="28" />
      <div className={styles.titles}>
        <h1 className={styles.name} dir="auto">
          {title ?? product}
        </h1>
        {isDemo ? <DemoBadge>{modelButton}</DemoBadge> : modelButton}
      </div>
      {onShowList !== null && (
        <button
          className={`${button.quiet} ${styles.icon}`}
          type="button"
          aria-label={header.newChat}
          title={header.newChat}
          onClick={onNewChat}
        >
          <Icon name="add" />
          <span className={styles.label}>{header.newChat}</span>
        </button>
      )}
      <MoreMenu {...menu} />
    </header>
  );
}

import type { ReactNode } from "react";
import type { Commands } from "#frontend/commands/command.ts";
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
  isDemo,
  modelButton,
  commands,
}: {
  /** Null for a conversation without a title. */
  title: string | null;
  /** Null while the list, with its own button for a new chat, is beside the conversation. */
  onShowList: (() => void) | null;
  isDemo: boolean;
  modelButton: ReactNode;
  commands: Commands;
}) {
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
          onClick={() => commands.newChat?.()}
        >
          <Icon name="add" />
          <span className={styles.label}>{header.newChat}</span>
        </button>
      )}
      <MoreMenu commands={commands} />
    </header>
  );
}

import type { ComponentProps, ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import styles from "./chat-header.module.css";
import { DemoBadge } from "./demo-badge.tsx";
import { MoreMenu } from "./more-menu.tsx";

export function ChatHeader({
  onShowList,
  onNewChat,
  isDemo,
  modelButton,
  ...menu
}: {
  /** Null if the list is always visible. */
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
          className={`${button.quiet} ${styles.list}`}
          type="button"
          aria-label={header.conversations}
          onClick={onShowList}
        >
          <span aria-hidden="true">☰</span>
        </button>
      )}
      <div className={styles.titles}>
        <h1 className={styles.name}>{product}</h1>
        {isDemo ? <DemoBadge>{modelButton}</DemoBadge> : modelButton}
      </div>
      <div className={styles.actions}>
        <button className={button.quiet} type="button" onClick={onNewChat}>
          {header.newChat}
        </button>
        <MoreMenu {...menu} />
      </div>
    </header>
  );
}

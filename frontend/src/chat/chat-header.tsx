import button from "../ui/button.module.css";
import styles from "./chat-header.module.css";
import { DemoBadge } from "./demo-badge.tsx";

export function ChatHeader({
  onNewChat,
  onSignOut,
}: {
  onNewChat: () => void;
  onSignOut: () => void;
}) {
  return (
    <header className={styles.header}>
      <div className={styles.titles}>
        <h1 className={styles.name}>Enterprise Agentic AI</h1>
        <DemoBadge />
      </div>
      <div className={styles.actions}>
        <button className={button.quiet} type="button" onClick={onNewChat}>
          New Chat
        </button>
        <button className={button.quiet} type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}

import { type Conversation, isOpen } from "./conversation.ts";
import styles from "./transcript.module.css";
import { Turn } from "./turn.tsx";

export function Transcript({
  conversation: { turns, outbox },
  isLoading,
  onStop,
  onRetry,
}: {
  conversation: Conversation;
  isLoading: boolean;
  onStop: (turnId: string) => void;
  onRetry: (text: string) => void;
}) {
  const firstOpen = turns.find(isOpen);
  return (
    <>
      {isLoading && (
        <p className={styles.aside} role="status">
          Loading the conversation…
        </p>
      )}
      <ol className={styles.turns} aria-label="Conversation">
        {turns.map((turn) => (
          <Turn
            key={turn.key}
            turn={turn}
            isWaiting={turn.status === "queued" && turn !== firstOpen}
            onStop={onStop}
            onRetry={turn === turns.at(-1) ? onRetry : null}
          />
        ))}
        {outbox.map(({ key, text }) => (
          <li key={key} className={styles.turn}>
            <p className={styles.message}>
              <span className="spoken">You: </span>
              {text}
            </p>
            <p className={styles.aside}>Sending…</p>
          </li>
        ))}
      </ol>
    </>
  );
}

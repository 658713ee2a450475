import button from "../ui/button.module.css";
import { SlowHint } from "../ui/slow-hint.tsx";
import { type Conversation, isOpen, type ShownTurn } from "./conversation.ts";
import styles from "./transcript.module.css";
import { Turn } from "./turn.tsx";

export function Transcript({
  conversation: { turns, outbox, earlierCursor },
  isLoading,
  onStop,
  onLoadEarlier,
  onAgain,
  onEdit,
}: {
  conversation: Conversation;
  isLoading: boolean;
  onStop: (turnId: string) => void;
  onLoadEarlier: () => void;
  /** Has the message answered once more, in the place of this answer. */
  onAgain: (turn: ShownTurn) => void;
  onEdit: (turn: ShownTurn) => void;
}) {
  const firstOpen = turns.find(isOpen);
  const shown = turns.filter(({ id }) => !outbox.some(({ replaces }) => replaces === id));
  const last = outbox.length === 0 ? turns.at(-1) : undefined;
  return (
    <>
      {isLoading && (
        <p className={styles.aside} role="status">
          Loading the conversation… <SlowHint />
        </p>
      )}
      {earlierCursor !== null && (
        <button
          className={`${button.quiet} ${styles.earlier}`}
          type="button"
          onClick={onLoadEarlier}
        >
          Show earlier messages
        </button>
      )}
      <ol className={styles.turns} aria-label="Conversation">
        {shown.map((turn) => (
          <Turn
            key={turn.key}
            turn={turn}
            isWaiting={turn.status === "queued" && turn !== firstOpen}
            onStop={onStop}
            isLast={turn === last}
            onAgain={onAgain}
            onEdit={onEdit}
          />
        ))}
        {outbox.map(({ key, text }) => (
          <li key={key} className={styles.turn}>
            <p className={styles.message} dir="auto">
              <span className="spoken">You: </span>
              {text}
            </p>
            <p className={styles.aside}>
              Sending… <SlowHint />
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { SlowHint } from "../ui/slow-hint.tsx";
import {
  type Conversation,
  firstOpenTurn,
  firstReadTurn,
  isSummarisedAbove,
} from "./conversation.ts";
import styles from "./transcript.module.css";
import { Turn } from "./turn.tsx";
import type { TurnActions } from "./turn-actions.ts";
import { useKeptPlace } from "./use-kept-place.ts";

interface TranscriptProps extends TurnActions {
  conversation: Conversation;
  isLoading: boolean;
  stoppingTurnId: string | null;
  onLoadEarlier: () => void;
}

export function Transcript({
  conversation,
  isLoading,
  stoppingTurnId,
  onLoadEarlier,
  ...actions
}: TranscriptProps) {
  const { transcript: texts } = useTexts();
  const { turns, outbox, earlierCursor } = conversation;
  const firstOpen = firstOpenTurn(conversation);
  const firstRead = firstReadTurn(conversation);
  const above = firstRead && isSummarisedAbove(conversation, firstRead) ? "summarised" : "cut";
  const shown = turns.filter(({ id }) => !outbox.some(({ replaces }) => replaces === id));
  const { list, keep } = useKeptPlace(shown[0]?.key);
  const last = outbox.length === 0 ? turns.at(-1) : undefined;
  return (
    <>
      {isLoading && (
        <p className={styles.aside} role="status">
          {texts.loading} <SlowHint />
        </p>
      )}
      {earlierCursor !== null && (
        <button
          className={`${button.quiet} ${styles.earlier}`}
          type="button"
          onClick={() => {
            keep();
            onLoadEarlier();
          }}
        >
          {texts.earlier}
        </button>
      )}
      <ol className={styles.turns} aria-label={texts.conversation} ref={list}>
        {shown.map((turn) => (
          <Turn
            key={turn.key}
            turn={turn}
            isWaiting={turn.status === "queued" && turn !== firstOpen}
            isStopping={turn.id === stoppingTurnId}
            above={turn === firstRead ? above : null}
            isLast={turn === last}
            {...actions}
          />
        ))}
        {outbox.map(({ key, text }) => (
          <li key={key} className={styles.turn}>
            <p className={styles.message} dir="auto">
              <span className="spoken" dir="auto">
                {texts.you}
              </span>
              {text}
            </p>
            <p className={styles.aside}>
              {texts.sending} <SlowHint />
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

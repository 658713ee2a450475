import { useEffect, useRef } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { SlowHint } from "#frontend/ui/slow-hint.tsx";
import {
  firstOpenTurn,
  firstReadTurn,
  isParked,
  isSummarisedAbove,
} from "../conversation/conversation-selectors.ts";
import type { Conversation } from "../conversation/conversation-state.ts";
import { loadReadingTools } from "../reading/load-reading-tools.ts";
import { useReadingTools } from "../reading/use-reading-tools.ts";
import { LoadingLine } from "./loading-line.tsx";
import { Message } from "./message.tsx";
import styles from "./transcript.module.css";
import { Turn } from "./turn.tsx";
import type { TurnActions } from "./turn-actions.ts";
import { usePrependAnchor } from "./use-prepend-anchor.ts";
import { usePreservedSelection } from "./use-preserved-selection.ts";
import { useScrollAnchor } from "./use-scroll-anchor.ts";

interface TranscriptProps extends TurnActions {
  conversation: Conversation;
  isLoading: boolean;
  isReconnecting: boolean;
  stoppingTurnId: string | null;
  onLoadEarlier: () => void;
}

export function Transcript({
  conversation,
  isLoading,
  isReconnecting,
  stoppingTurnId,
  onLoadEarlier,
  ...actions
}: TranscriptProps) {
  const { transcript: texts } = useTexts();
  const { turns, outbox, earlierCursor } = conversation;
  const firstOpen = firstOpenTurn(conversation);
  const behind = firstOpen && isParked(firstOpen) ? "decision" : "answer";
  const firstRead = firstReadTurn(conversation);
  const above = firstRead && isSummarisedAbove(conversation, firstRead) ? "summarised" : "cut";
  const shown = turns.filter(({ id }) => !outbox.some(({ replaces }) => replaces === id));
  const list = useRef<HTMLOListElement>(null);
  const setPrependAnchor = usePrependAnchor(list, shown[0]?.key);
  useScrollAnchor(list);
  usePreservedSelection(list);
  const tools = useReadingTools();

  useEffect(loadReadingTools, []);

  const last = outbox.length === 0 ? turns.at(-1) : undefined;
  return (
    <>
      {isLoading && <LoadingLine />}
      {earlierCursor !== null && (
        <button
          className={`${button.quiet} ${styles.earlier}`}
          type="button"
          onClick={() => {
            setPrependAnchor();
            onLoadEarlier();
          }}
        >
          {texts.loadEarlier}
        </button>
      )}
      <ol className={styles.turns} aria-label={texts.conversation} ref={list}>
        {shown.map((turn) => (
          <Turn
            key={turn.key}
            turn={turn}
            queuedBehind={turn.status === "queued" && turn !== firstOpen ? behind : null}
            isReconnecting={isReconnecting && turn === firstOpen}
            isStopping={turn.id === stoppingTurnId}
            above={turn === firstRead ? above : null}
            isLast={turn === last}
            {...actions}
          />
        ))}
        {outbox.map(({ key, text }) => (
          <li key={key} className={`${styles.turn} ${styles.sending}`}>
            <Message text={text} />
            <p className={styles.aside}>
              {texts.sending} <SlowHint />
            </p>
          </li>
        ))}
      </ol>
      {tools && <tools.QuoteButton list={list} onQuote={actions.onQuote} />}
    </>
  );
}

import { useEffect, useRef } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { SlowHint } from "#frontend/ui/slow-hint.tsx";
import { useHasActed } from "#frontend/ui/use-has-acted.ts";
import { withOutgoing } from "../conversation/branch.ts";
import {
  firstOpenTurn,
  firstReadTurn,
  isSummarisedAbove,
  needsDecision,
} from "../conversation/conversation-selectors.ts";
import type { Conversation } from "../conversation/conversation-state.ts";
import type { Draft } from "../conversation/tab-storage.ts";
import { loadReadingTools } from "../reading/load-reading-tools.ts";
import { useReadingTools } from "../reading/use-reading-tools.ts";
import { LateElsewhereLine } from "./late-editing.tsx";
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
  /** Another branch was requested, and is not shown yet. */
  isSwitching: boolean;
  stoppingTurnId: string | null;
  /** The messages that the person edits, by the ids of their turns. */
  edits: Draft["edits"];
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  onLoadEarlier: () => void;
}

export function Transcript({
  conversation,
  isLoading,
  isReconnecting,
  isSwitching,
  stoppingTurnId,
  edits,
  messageLimit,
  onLoadEarlier,
  ...actions
}: TranscriptProps) {
  const { transcript: texts } = useTexts();
  const { outbox, earlierCursor } = conversation;
  const [hidden] = conversation.elsewhere;
  const { turns, outgoing } = withOutgoing(conversation);
  const firstOpen = firstOpenTurn(conversation);
  const isDecisionAbove = firstOpen && needsDecision(firstOpen) && turns.includes(firstOpen);
  const behind = isDecisionAbove ? "decision" : "answer";
  // The message on its way has its place on the shown branch.
  const canSwitch = !isSwitching && outbox.length === 0;
  const firstRead = firstReadTurn(conversation);
  const above = firstRead && isSummarisedAbove(conversation, firstRead) ? "summarised" : "cut";
  const list = useRef<HTMLOListElement>(null);
  const setPrependAnchor = usePrependAnchor(list, turns[0]?.key);
  useScrollAnchor(list);
  usePreservedSelection(list, firstOpen !== undefined);
  const tools = useReadingTools();
  const hasActed = useHasActed();

  useEffect(() => {
    if (hasActed) loadReadingTools();
  }, [hasActed]);

  const last = outgoing.length === 0 ? turns.at(-1) : undefined;
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
        {turns.map((turn) => (
          <Turn
            key={turn.key}
            turn={turn}
            queuedBehind={turn.status === "queued" && turn !== firstOpen ? behind : null}
            isReconnecting={isReconnecting && turn === firstOpen}
            isStopping={turn.id === stoppingTurnId}
            above={turn === firstRead ? above : null}
            isLast={turn === last}
            edit={edits[turn.id]}
            canSwitch={canSwitch}
            messageLimit={messageLimit}
            {...actions}
          />
        ))}
        {outgoing.map(({ key, text }) => (
          <li key={key} className={`${styles.turn} ${styles.sending}`}>
            <Message text={text} />
            <p className={styles.aside}>
              {texts.sending} <SlowHint />
            </p>
          </li>
        ))}
      </ol>
      {tools && <tools.QuoteButton list={list} onQuote={actions.onQuote} />}
      {hidden && (
        <LateElsewhereLine
          waitsFor={needsDecision(hidden) ? "decision" : "answer"}
          canSwitch={canSwitch}
          onShow={() => actions.onShowBranch(hidden.id)}
        />
      )}
    </>
  );
}

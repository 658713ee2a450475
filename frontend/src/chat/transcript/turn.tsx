import { memo, type ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { FaultBoundary } from "#frontend/ui/fault-boundary.tsx";
import { AnswerBody } from "../answer/answer-body.tsx";
import { AnswerFacts } from "../answer/answer-facts.tsx";
import { AnswerMarks } from "../answer/answer-marks.tsx";
import { isOpen } from "../conversation/conversation-selectors.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import { Message } from "./message.tsx";
import styles from "./transcript.module.css";
import type { TurnActions } from "./turn-actions.ts";

interface TurnProps extends TurnActions {
  turn: ShownTurn;
  /** Behind another turn. */
  isWaiting: boolean;
  isStopping: boolean;
  /** Nobody seems to write any more. */
  isReconnecting: boolean;
  /** On the oldest turn that the model reads: whether it has a summary of what stands above, or nothing. */
  above: "summarised" | "cut" | null;
  /** Only the last message can be changed, answered once more, or its answer continued. */
  isLast: boolean;
}

/** One message and its answer. Drawn again only when it changes: the reducer keeps the others as they are. */
export const Turn = memo(
  function Turn(props: TurnProps) {
    const { transcript: texts, composer } = useTexts();
    const { turn, isWaiting, isStopping, above, onStop } = props;
    return (
      <li className={styles.turn} data-open={isOpen(turn) || undefined}>
        {above && <p className={styles.divider}>{texts.above[above]}</p>}
        {turn.message !== null && <Message text={turn.message} />}
        {isWaiting ? (
          <p className={styles.aside}>
            {texts.queued}
            {" · "}
            {isStopping ? (
              composer.stopping
            ) : (
              <button className={button.plain} type="button" onClick={() => onStop(turn.id)}>
                {texts.removeQueued}
              </button>
            )}
          </p>
        ) : (
          <Answer {...props} />
        )}
      </li>
    );
  },
  // The callbacks are new with each drawing and mean the same.
  (before, after) =>
    before.turn === after.turn &&
    before.isWaiting === after.isWaiting &&
    before.isStopping === after.isStopping &&
    before.isReconnecting === after.isReconnecting &&
    before.above === after.above &&
    before.isLast === after.isLast,
);

function Answer(props: TurnProps) {
  const { turn: texts } = useTexts();
  const { turn } = props;
  const boundary = (what: string, instead: ReactNode, children: ReactNode) => (
    <FaultBoundary what={`${what} of turn ${turn.id}`} version={turn.status} instead={instead}>
      {children}
    </FaultBoundary>
  );
  return (
    <div className={styles.answer}>
      <span className="spoken">{texts.answer}</span>
      {turn.reasoning !== "" && (
        <details className={styles.reasoning}>
          <summary>{texts.reasoning}</summary>
          <p dir="auto">{turn.reasoning}</p>
        </details>
      )}
      {boundary("the answer", <PlainText text={turn.text} />, <AnswerBody turn={turn} />)}
      {isOpen(turn) ? (
        <Writing turn={turn} isReconnecting={props.isReconnecting} />
      ) : (
        <>
          <AnswerMarks {...props} />
          <div className={styles.below}>
            {boundary("the facts", null, <AnswerFacts turn={turn} />)}
            <AnswerActions {...props} />
          </div>
        </>
      )}
    </div>
  );
}

function AnswerActions({ turn, isLast, onAgain, onEdit }: TurnProps) {
  const { turn: texts } = useTexts();
  return (
    <div className={styles.actions}>
      {turn.text !== "" && <CopyButton text={turn.text} what="answer" />}
      {isLast && turn.message !== null && (
        <>
          {turn.status !== "failed" && (
            <button className={button.plain} type="button" onClick={() => onAgain(turn)}>
              {texts.regenerate}
            </button>
          )}
          <button className={button.plain} type="button" onClick={() => onEdit(turn)}>
            {texts.editMessage}
          </button>
        </>
      )}
    </div>
  );
}

/** An answer that cannot be drawn, as it came. */
function PlainText({ text }: { text: string }) {
  return (
    <p className={styles.plainText} dir="auto">
      {text}
    </p>
  );
}

function Writing({ turn, isReconnecting }: { turn: ShownTurn; isReconnecting: boolean }) {
  const { turn: texts } = useTexts();
  const hasRestarted = turn.attempt > 1;
  const hasBegun = turn.text !== "";
  const progress = hasBegun ? texts.writing : texts.thinking;
  return (
    <p className={styles.writing}>
      <span className={styles.dots} aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {!isReconnecting && (
        <span className={hasBegun && !hasRestarted ? "spoken" : undefined}>
          {hasRestarted ? texts.restarted : progress}
        </span>
      )}
      <span role="status">{isReconnecting && texts.reconnecting}</span>
    </p>
  );
}

import { memo } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { CopyButton } from "../ui/copy-button.tsx";
import { AnswerFacts } from "./answer-facts.tsx";
import { AnswerMarks } from "./answer-marks.tsx";
import { isOpen, type ShownTurn } from "./conversation.ts";
import { Markdown } from "./markdown.tsx";
import { ToolSteps } from "./tool-steps.tsx";
import styles from "./transcript.module.css";
import type { TurnActions } from "./turn-actions.ts";
import { TurnBoundary } from "./turn-boundary.tsx";

interface TurnProps extends TurnActions {
  turn: ShownTurn;
  /** Behind another turn. */
  isWaiting: boolean;
  isStopping: boolean;
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
        {turn.message !== null && (
          <p className={styles.message} dir="auto">
            {/* With a direction of its own, or it would give it to the message. */}
            <span className="spoken" dir="auto">
              {texts.you}
            </span>
            {turn.message}
          </p>
        )}
        {isWaiting ? (
          <p className={styles.aside}>
            {texts.waiting}{" "}
            {isStopping ? (
              composer.stopping
            ) : (
              <button className={button.plain} type="button" onClick={() => onStop(turn.id)}>
                {texts.takeBack}
              </button>
            )}
          </p>
        ) : (
          <TurnBoundary text={turn.text}>
            <Answer {...props} />
          </TurnBoundary>
        )}
      </li>
    );
  },
  // The callbacks are new with each drawing and mean the same.
  (before, after) =>
    before.turn === after.turn &&
    before.isWaiting === after.isWaiting &&
    before.isStopping === after.isStopping &&
    before.above === after.above &&
    before.isLast === after.isLast,
);

function Answer(props: TurnProps) {
  const { turn: texts } = useTexts();
  const { turn } = props;
  return (
    <div className={styles.answer}>
      <span className="spoken">{texts.answer}</span>
      {turn.reasoning !== "" && (
        <details className={styles.reasoning}>
          <summary>{texts.reasoning}</summary>
          <p dir="auto">{turn.reasoning}</p>
        </details>
      )}
      <ToolSteps tools={turn.tools} />
      <Markdown text={turn.text} />
      {isOpen(turn) ? (
        <Writing hasBegun={turn.text !== ""} isTakenOver={turn.attempt > 1} />
      ) : (
        <>
          <AnswerMarks {...props} />
          <div className={styles.below}>
            <AnswerFacts turn={turn} />
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
              {texts.answerAgain}
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

function Writing({ hasBegun, isTakenOver }: { hasBegun: boolean; isTakenOver: boolean }) {
  const { turn: texts } = useTexts();
  return (
    <p className={styles.writing}>
      <span className={styles.dots} aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      <span className={hasBegun ? "spoken" : undefined}>
        {hasBegun ? texts.writing : texts.thinking}
      </span>
      {isTakenOver && <span> {texts.takenOver}</span>}
    </p>
  );
}

import { memo } from "react";
import button from "../ui/button.module.css";
import { CopyButton } from "../ui/copy-button.tsx";
import { AnswerFacts } from "./answer-facts.tsx";
import { isOpen, type ShownTurn } from "./conversation.ts";
import { Markdown } from "./markdown.tsx";
import { ToolSteps } from "./tool-steps.tsx";
import styles from "./transcript.module.css";
import { TurnBoundary } from "./turn-boundary.tsx";

interface TurnProps {
  turn: ShownTurn;
  /** Behind another turn. */
  isWaiting: boolean;
  /** Only the last message can be changed, or answered once more. */
  isLast: boolean;
  onStop: (turnId: string) => void;
  onAgain: (turn: ShownTurn) => void;
  onEdit: (turn: ShownTurn) => void;
}

/** One message and its answer. Drawn again only when it changes: the reducer keeps the others as they are. */
export const Turn = memo(
  function Turn(props: TurnProps) {
    const { turn, isWaiting, onStop } = props;
    return (
      <li className={styles.turn} data-open={isOpen(turn) || undefined}>
        {turn.message !== null && (
          <p className={styles.message} dir="auto">
            <span className="spoken">You: </span>
            {turn.message}
          </p>
        )}
        {isWaiting ? (
          <p className={styles.aside}>
            Waiting for the answer before it.{" "}
            <button className={button.plain} type="button" onClick={() => onStop(turn.id)}>
              Take it back
            </button>
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
    before.isLast === after.isLast,
);

function Answer({ turn, isLast, onAgain, onEdit }: TurnProps) {
  return (
    <div className={styles.answer}>
      <span className="spoken">Answer: </span>
      {turn.reasoning !== "" && (
        <details className={styles.reasoning}>
          <summary>Reasoning</summary>
          <p dir="auto">{turn.reasoning}</p>
        </details>
      )}
      <ToolSteps tools={turn.tools} />
      <Markdown text={turn.text} />
      {isOpen(turn) && <Writing hasBegun={turn.text !== ""} />}
      {turn.status === "stopped" && <p className={styles.aside}>Stopped.</p>}
      {turn.status === "failed" && (
        <div className={styles.failure}>
          <p>{turn.error ?? "This answer could not be finished."}</p>
          {isLast && turn.message !== null && (
            <button className={button.quiet} type="button" onClick={() => onAgain(turn)}>
              Retry
            </button>
          )}
        </div>
      )}
      {!isOpen(turn) && (
        <div className={styles.below}>
          <AnswerFacts turn={turn} />
          <div className={styles.actions}>
            {turn.text !== "" && <CopyButton text={turn.text} what="answer" />}
            {isLast && turn.message !== null && (
              <>
                {turn.status !== "failed" && (
                  <button className={button.plain} type="button" onClick={() => onAgain(turn)}>
                    Answer again
                  </button>
                )}
                <button className={button.plain} type="button" onClick={() => onEdit(turn)}>
                  Edit message
                </button>
              </>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function Writing({ hasBegun }: { hasBegun: boolean }) {
  return (
    <p className={styles.writing}>
      <span className={styles.dots} aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      <span className={hasBegun ? "spoken" : undefined}>{hasBegun ? "Writing…" : "Thinking…"}</span>
    </p>
  );
}

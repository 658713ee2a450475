import { memo } from "react";
import button from "../ui/button.module.css";
import { AnswerFacts } from "./answer-facts.tsx";
import { isOpen, type ShownTurn } from "./conversation.ts";
import { Markdown } from "./markdown.tsx";
import { ToolSteps } from "./tool-steps.tsx";
import styles from "./transcript.module.css";

/** One message and its answer. Drawn again only when it changes: the reducer keeps the others as they are. */
export const Turn = memo(function Turn({
  turn,
  isWaiting,
  onStop,
  onRetry,
}: {
  turn: ShownTurn;
  /** Behind another turn. */
  isWaiting: boolean;
  onStop: (turnId: string) => void;
  /** Null where newer turns follow. */
  onRetry: ((text: string) => void) | null;
}) {
  const { message } = turn;
  return (
    <li className={styles.turn}>
      {message !== null && (
        <p className={styles.message}>
          <span className="spoken">You: </span>
          {message}
        </p>
      )}
      {isWaiting ? (
        <p className={styles.aside}>
          Waiting for the answer before it.{" "}
          <button className={styles.inline} type="button" onClick={() => onStop(turn.id)}>
            Take it back
          </button>
        </p>
      ) : (
        <div className={styles.answer}>
          <span className="spoken">Answer: </span>
          {turn.reasoning !== "" && (
            <details className={styles.reasoning}>
              <summary>Show reasoning</summary>
              <p>{turn.reasoning}</p>
            </details>
          )}
          <ToolSteps tools={turn.tools} />
          <Markdown text={turn.text} />
          {isOpen(turn) && <Writing hasBegun={turn.text !== ""} />}
          {turn.status === "stopped" && <p className={styles.aside}>Stopped.</p>}
          {turn.status === "failed" && (
            <div className={styles.failure}>
              <p>{turn.error ?? "This answer could not be finished."}</p>
              {message !== null && onRetry !== null && (
                <button className={button.quiet} type="button" onClick={() => onRetry(message)}>
                  Retry
                </button>
              )}
            </div>
          )}
          <AnswerFacts turn={turn} />
        </div>
      )}
    </li>
  );
});

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

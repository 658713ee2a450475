import { memo, type ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { CopyButton } from "#frontend/ui/copy-button.tsx";
import { FaultBoundary } from "#frontend/ui/fault-boundary.tsx";
import { AnswerBody } from "../answer/answer-body.tsx";
import { AnswerFacts } from "../answer/answer-facts.tsx";
import { AnswerMarks } from "../answer/answer-marks.tsx";
import { countRestarts, isOpen, isStreamed } from "../conversation/conversation-selectors.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import type { Edit } from "../conversation/tab-storage.ts";
import { parseMarkdown } from "../markdown/markdown-syntax.ts";
import { useReadingTools } from "../reading/use-reading-tools.ts";
import { OwnMessage } from "./own-message.tsx";
import styles from "./transcript.module.css";
import type { TurnActions } from "./turn-actions.ts";

interface TurnProps extends TurnActions {
  turn: ShownTurn;
  /** The turn is queued behind another turn: one that is being answered, or one that waits for a decision. */
  queuedBehind: "answer" | "decision" | null;
  isStopping: boolean;
  /** The runner seems to be dead: see `detectSilence`. */
  isReconnecting: boolean;
  /** Set on the oldest turn that the model reads: whether a summary covers the turns above, or the model does not know them. */
  above: "summarised" | "cut" | null;
  /** A person can continue only the last answer. */
  isLast: boolean;
  /** The message while the person edits it. */
  edit: Edit | undefined;
  /** False while another branch is on its way to the page, or a message on its way to the service. */
  canSwitch: boolean;
  /** UTF-16 units that a message may have. */
  messageLimit: number;
}

/** One message and its answer. Renders again only when it changes: the reducer keeps the identity of all other turns. */
export const Turn = memo(
  function Turn(props: TurnProps) {
    const { transcript: texts, composer } = useTexts();
    const { turn, queuedBehind, isStopping, above, onStop } = props;
    return (
      <li className={styles.turn} data-open={isOpen(turn) || undefined}>
        {above && <p className={styles.divider}>{texts.above[above]}</p>}
        <OwnMessage {...props} />
        {queuedBehind ? (
          <p className={styles.aside}>
            {texts.queuedBehind[queuedBehind]}
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
          <Answer key={turn.id} {...props} />
        )}
      </li>
    );
  },
  // The callbacks are new functions in each render and always do the same.
  (before, after) =>
    before.turn === after.turn &&
    before.queuedBehind === after.queuedBehind &&
    before.isStopping === after.isStopping &&
    before.isReconnecting === after.isReconnecting &&
    before.above === after.above &&
    before.isLast === after.isLast &&
    before.canSwitch === after.canSwitch &&
    // The editor keeps the text that the person types.
    (before.edit === undefined) === (after.edit === undefined),
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
      <h2 className="spoken">{texts.answer}</h2>
      {turn.reasoning !== "" && (
        <details className={styles.reasoning}>
          <summary>{texts.reasoning}</summary>
          <p dir="auto">{turn.reasoning}</p>
        </details>
      )}
      {boundary("the answer", <PlainText text={turn.text} />, <AnswerBody {...props} />)}
      {isStreamed(turn) && <Writing turn={turn} isReconnecting={props.isReconnecting} />}
      {!isOpen(turn) && (
        <>
          <AnswerMarks {...props} />
          <div className={styles.below}>
            {boundary("the facts", null, <AnswerFacts turn={turn} />)}
            <AnswerActions {...props} />
          </div>
          {props.isLast && boundary("the suggestions", null, <NextMessages {...props} />)}
        </>
      )}
    </div>
  );
}

function AnswerActions({ turn, onAgain }: TurnProps) {
  const { turn: texts } = useTexts();
  const tools = useReadingTools();
  return (
    <div className={styles.actions}>
      {turn.text !== "" && (
        <>
          <CopyButton text={turn.text} what="answer" />
          {tools && (
            <tools.AnswerTools
              id={turn.id}
              text={turn.text}
              parse={parseMarkdown}
              feedback={turn.feedback}
            />
          )}
        </>
      )}
      {turn.message !== null && turn.status !== "failed" && (
        <button className={button.plain} type="button" onClick={() => onAgain(turn)}>
          {texts.regenerate}
        </button>
      )}
    </div>
  );
}

function NextMessages({ turn, onSuggestion }: TurnProps) {
  const tools = useReadingTools();
  return (
    tools &&
    turn.suggestions && (
      <tools.Suggestions
        suggestions={turn.suggestions}
        onSend={(text, index) => onSuggestion(turn, text, index)}
      />
    )
  );
}

/** Shown instead of an answer that fails to render. */
function PlainText({ text }: { text: string }) {
  return (
    <p className={styles.plainText} dir="auto">
      {text}
    </p>
  );
}

function Writing({ turn, isReconnecting }: { turn: ShownTurn; isReconnecting: boolean }) {
  const { turn: texts } = useTexts();
  const hasRestarted = countRestarts(turn) > 0;
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

import { useFormats } from "#frontend/texts/use-formats.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import styles from "../transcript/transcript.module.css";
import type { TurnActions } from "../transcript/turn-actions.ts";
import { describeFailure } from "./describe-failure.ts";

/** Why an answer is incomplete or unusual, with the buttons that help. */
export function AnswerMarks({
  turn,
  isStopping,
  isLast,
  onAgain,
  onContinue,
}: Pick<TurnActions, "onAgain" | "onContinue"> & {
  turn: ShownTurn;
  isStopping: boolean;
  isLast: boolean;
}) {
  const allTexts = useTexts();
  const { turn: texts } = allTexts;
  const formats = useFormats();
  const { status, error, remarks, model } = turn;
  const continueButton = isLast && (
    <button className={button.quiet} type="button" onClick={() => onContinue(turn)}>
      {texts.continue}
    </button>
  );
  return (
    <>
      {remarks.includes("fallback_model") && (
        <p className={styles.aside}>{texts.fallbackModel(model)}</p>
      )}
      {remarks.includes("tools_missing") && <p className={styles.aside}>{texts.toolsMissing}</p>}
      {remarks.includes("cut_at_length") && (
        <div className={styles.mark}>
          <p className={styles.aside}>{texts.cutAtLength}</p>
          {continueButton}
        </div>
      )}
      {status === "stopped" && (
        <div className={styles.mark}>
          <p className={styles.aside}>{texts.stopped}</p>
          {turn.text !== "" && turn.message !== null && continueButton}
        </div>
      )}
      {status === "done" && isStopping && (
        <p className={styles.aside}>{texts.finishedBeforeStop}</p>
      )}
      {status === "failed" && (
        <div className={styles.failure}>
          <p>{describeFailure(error, allTexts, formats, turn.id)}</p>
          {turn.message !== null && (
            <div className={styles.choices}>
              {error?.type === "deadline_exceeded" && turn.text !== "" && continueButton}
              <button className={button.quiet} type="button" onClick={() => onAgain(turn)}>
                {texts.retry}
              </button>
            </div>
          )}
        </div>
      )}
    </>
  );
}

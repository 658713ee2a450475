import type { Texts } from "../texts/english.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import type { Notice } from "./notice.ts";
import styles from "./notice-line.module.css";
import { describeProblem, formatWait } from "./problem-texts.ts";
import { useSecondsLeft } from "./use-seconds-left.ts";

/** What the person, or the page, can do after the countdown. */
type Then = keyof Texts["notices"]["afterWait"];

/** A problem in the page's words, with a countdown if the notice has a time, and a button if the page can try again. */
export function NoticeLine({
  notice,
  then,
  onRetry,
}: {
  notice: Notice;
  then: Then;
  onRetry?: (() => void) | undefined;
}) {
  const texts = useTexts();
  return (
    <div className={styles.line}>
      <p role="alert">
        {describeProblem(notice.problem, texts)}{" "}
        {notice.until !== null && <Countdown key={notice.until} until={notice.until} then={then} />}
      </p>
      {onRetry && (
        <button className={button.quiet} type="button" onClick={onRetry}>
          {texts.tryAgain}
        </button>
      )}
    </div>
  );
}

/** Counts down for the eye. A screen reader announces only its start and its end. */
function Countdown({ until, then }: { until: number; then: Then }) {
  const texts = useTexts();
  const { now, soon, before, after } = texts.notices.afterWait[then];
  const secondsLeft = useSecondsLeft(until);
  if (secondsLeft === 0) return now;
  return (
    <>
      <span className="spoken">{soon}</span>
      <span aria-hidden="true">
        {before}
        <strong className={styles.figure}>{formatWait(secondsLeft, texts)}</strong>
        {after}
      </span>
    </>
  );
}

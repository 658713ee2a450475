import type { ReactNode } from "react";
import type { Texts } from "../texts/english.ts";
import { useTexts } from "../texts/use-texts.tsx";
import type { Notice } from "./notice.ts";
import styles from "./notice-line.module.css";
import { describeProblem, formatWait } from "./problem-texts.ts";
import { useSecondsLeft } from "./use-seconds-left.ts";

/** What is possible after a countdown. */
type Then = keyof Texts["notices"]["afterWait"];

/** What went wrong, kindly. Where the moment is known it counts down to it. */
export function NoticeLine({
  notice,
  then,
  children,
}: {
  notice: Notice;
  then: Then;
  children?: ReactNode;
}) {
  const texts = useTexts();
  return (
    <div className={styles.line}>
      <p role="alert">
        {describeProblem(notice.problem, texts)}{" "}
        {notice.until !== null && <Countdown key={notice.until} until={notice.until} then={then} />}
      </p>
      {children}
    </div>
  );
}

/** To the eye it counts down; a screen reader is told once when it begins and once when it is over. */
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

import type { ReactNode } from "react";
import { explain, formatWait } from "./kind-words.ts";
import type { Notice } from "./notice.ts";
import styles from "./notice-line.module.css";
import { useSecondsLeft } from "./use-seconds-left.ts";

/** What went wrong, kindly. Where the moment is known it counts down to it. */
export function NoticeLine({
  notice,
  then,
  children,
}: {
  notice: Notice;
  /** What is possible after the countdown: "You can send again". */
  then: string;
  children?: ReactNode;
}) {
  return (
    <div className={styles.line}>
      <p role="alert">
        {explain(notice.problem)}{" "}
        {notice.until !== null && <Countdown key={notice.until} until={notice.until} then={then} />}
      </p>
      {children}
    </div>
  );
}

/** To the eye it counts down; a screen reader is told once when it begins and once when it is over. */
function Countdown({ until, then }: { until: number; then: string }) {
  const secondsLeft = useSecondsLeft(until);
  if (secondsLeft === 0) return `${then} now.`;
  return (
    <>
      <span className="spoken">{then} soon.</span>
      <span aria-hidden="true">
        {then} in <strong className={styles.figure}>{formatWait(secondsLeft)}</strong>.
      </span>
    </>
  );
}

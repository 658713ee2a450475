import type { Notice } from "../ui/notice.ts";
import { NoticeLine } from "../ui/notice-line.tsx";
import styles from "./page-settings.module.css";

/** How a long run gets on, and how it has ended. */
export function RunStatus({
  label,
  progress,
  text,
  failure,
}: {
  label: string;
  /** Null unless it runs. A `total` of null: nobody knows yet how much there is to do. */
  progress: { done: number; total: number | null } | null;
  text: string;
  failure: Notice | null;
}) {
  return (
    <>
      {progress && (
        <progress
          className={styles.progress}
          aria-label={label}
          max={progress.total ?? undefined}
          value={progress.total === null ? undefined : progress.done}
        />
      )}
      <p role="status">{text}</p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
    </>
  );
}

import { storableText } from "#lib/platform/storable-text.ts";

const maxLength = 200;
const leastPauseMs = 250;

/** Passes on what a running tool reports: one short line at a time, at most four a second, the newest in any case. */
export function createProgressReports(show: (progress: string) => void) {
  let newest: string | undefined;
  let pause: NodeJS.Timeout | undefined;
  let isOver = false;

  function next(): void {
    pause = undefined;
    if (newest === undefined) return;
    show(newest);
    newest = undefined;
    pause = setTimeout(next, leastPauseMs);
  }

  return {
    report(progress: string): void {
      const line = storableText(progress.slice(0, maxLength)).replace(/\s+/g, " ").trim();
      if (isOver || line === "") return;
      newest = line;
      if (pause === undefined) next();
    },
    /** The call is over: nothing is shown any more. */
    end(): void {
      isOver = true;
      clearTimeout(pause);
    },
  };
}

import type { TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What a test has measured, for the table at the end of the run. */
    figures?: Record<string, number | string>;
  }
}

/** Notes what a test has measured. */
export function noteFigures(
  { task }: Pick<TestContext, "task">,
  figures: Record<string, number | string>,
): void {
  task.meta.figures = { ...task.meta.figures, ...figures };
}

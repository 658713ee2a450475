import type { Reporter, TestModule } from "vitest/node";

/** Prints "N passed, N failed" as the last line of a run, after the other reporters. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      let failedInModule = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failedInModule += 1;
        else skipped += 1;
      }
      // A file that failed to load has no failed test, but counts as one failure.
      failed += failedInModule === 0 && module.state() === "failed" ? 1 : failedInModule;
    }
    const skippedPart = skipped > 0 ? `, ${skipped} skipped` : "";
    console.log(`${passed} passed, ${failed} failed${skippedPart}`);
  }
}

import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with "N passed, N failed", alone on a line, whatever other reporters have said. */
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
      // A file that could not even be loaded has no test that could have failed.
      failed += failedInModule === 0 && module.state() === "failed" ? 1 : failedInModule;
    }
    const skippedPart = skipped > 0 ? `, ${skipped} skipped` : "";
    console.log(`${passed} passed, ${failed} failed${skippedPart}`);
  }
}

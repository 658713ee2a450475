import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * Prints "N passed, N failed" as the last line of a run, after the other reporters. Before it come the tests that failed once and
 * passed when they were tried again, each with its error: a fault may hide there that only a busy machine shows.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let skipped = 0;
    let failed = unhandledErrors.length;
    const repeated: TestCase[] = [];
    for (const module of modules) {
      let failedInModule = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failedInModule += 1;
        else skipped += 1;
        if (test.diagnostic()?.flaky) repeated.push(test);
      }
      // A file that failed to load has no failed test, but counts as one failure.
      failed += failedInModule === 0 && module.state() === "failed" ? 1 : failedInModule;
    }
    for (const test of repeated) {
      console.log(`Passed at the second try: ${test.module.relativeModuleId} > ${test.fullName}`);
      for (const { stack, message } of test.result().errors ?? []) console.log(stack ?? message);
    }
    const skippedPart = skipped > 0 ? `, ${skipped} skipped` : "";
    console.log(`${passed} passed, ${failed} failed${skippedPart}`);
  }
}

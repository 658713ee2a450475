import type { Reporter, TestModule } from "vitest/node";
import "./figures.ts";

/** Ends a run with a table of what its tests have measured. */
export default class FiguresTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { figures } = test.meta();
        if (!figures) continue;
        const cells = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
        console.log(`| ${test.fullName} | ${test.result().state} | ${cells.join(", ")} |`);
      }
    }
  }
}

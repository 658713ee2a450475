import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

// The tests start many processes: compiled once, packages load in half the time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/compile-cache");

/** It needs a twin, as journeys do. */
const evaluation = "bench/evaluation/demo-answers.test.ts";

/** Its browsers need the machine for themselves. */
const otherBrowsers = "test/browser/other-browsers.test.ts";

/**
 * For tests that wait for a page or a stream, whose limits run on while a busy machine stands still. A test that fails is tried
 * once more, and the closing lines name it with its error. What is stored is never a matter of the machine: contracts and faults have one try.
 */
const triedTwice = { retry: 1 };

export default defineConfig({
  test: {
    // The files of a project share the processes of the workers. A process for each file, which loads the same modules again,
    // took more than a third of the processor time of a project. So a test undoes what it does to its process.
    isolate: false,
    // Two more than there are processors: many tests wait for a process, a page or a second to pass. With one more, two
    // processors did nothing for two fifths of the time.
    maxWorkers: availableParallelism() + 2,
    // What a test polls for takes longer on a busy machine. A test that limits a duration asserts it.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{functions,lib,local,migrations,scripts}/**/*.test.ts",
            "bench/**/*.test.ts",
            "clients/*/src/**/*.test.ts",
            "frontend/src/**/*.test.ts",
            "test/{bundle,clients,docs,documents,gate,mcp,workflow}/**/*.test.ts",
          ],
          exclude: [evaluation],
          // It imports JSON as bundlers do, without saying so.
          server: { deps: { inline: [/@actions\//] } },
          // Property tests and walks over every byte take several seconds while other files run beside them.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          globalSetup: ["test/support/database.ts"],
          // The published conformance suite of the checkpointer calls beforeAll as a global.
          globals: true,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...triedTwice,
          name: "journey",
          include: ["test/journey/**/*.test.ts", evaluation],
          globalSetup: ["test/support/prepare-twin.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "template",
          include: ["test/template/**/*.test.ts"],
          globalSetup: ["test/template/package.ts"],
          // A package of all functions takes a minute while other files run beside it.
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...triedTwice,
          name: "runtime",
          include: ["test/runtime/**/*.test.ts"],
          globalSetup: ["test/support/prepare-twin.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...triedTwice,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          exclude: [otherBrowsers],
          globalSetup: ["test/support/prepare-twin.ts"],
          // A file with its twin and its Chromium keeps more than one processor busy. With four files at a time nothing was idle,
          // and each test took twice as long.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...triedTwice,
          name: "other-browsers",
          include: [otherBrowsers],
          globalSetup: ["test/support/prepare-twin.ts"],
          // WebKit draws without a graphics card: beside other files it takes minutes instead of seconds.
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          globalSetup: ["test/support/prepare-twin.ts"],
          // Leases of two seconds run out on a busy machine: two files at a time, which mostly wait, after all others.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

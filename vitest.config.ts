import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{functions,lib,local,scripts}/**/*.test.ts",
            "frontend/src/**/*.test.ts",
            "test/{bundle,docs,workflow}/**/*.test.ts",
          ],
          // It imports JSON as bundlers do, without saying so.
          server: { deps: { inline: [/@actions\//] } },
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
          name: "journey",
          include: ["test/journey/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "template",
          include: ["test/template/**/*.test.ts"],
          globalSetup: ["test/template/package.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "runtime",
          include: ["test/runtime/**/*.test.ts"],
          globalSetup: ["test/runtime/install-client.ts"],
          testTimeout: 60_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

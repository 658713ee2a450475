import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { revisionOf, runSuite, scenariosOf } from "./run-suite.ts";
import { exceptions, passed, type Suite, suites } from "./scenarios.ts";

/** `npm run test:mcp`. */
const isFullRun = process.env.MODE === "mcp-full";
const client = `${process.execPath} ${join(import.meta.dirname, "conformance-client.ts")}`;

// One after another: `sse-retry` measures times.
describe.each(passed.filter(({ isQuick }) => isFullRun || isQuick))(
  "the suite $suite, at $revision",
  ({ suite, name, revision }) => {
    it(`finds no fault in the client: ${name}`, async () => {
      const args = ["client", "--command", client, "--scenario", name];
      const output = await runSuite(suite, ...args, ...revisionOf(suite, revision));
      expect(output).toContain("OVERALL: PASSED");
      // A client that exits with an error, or a scenario without a check, also counts as nothing failed.
      expect(output).toMatch(/Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/);
    });
  },
);

describe.each(Object.keys(suites) as Suite[])("the suite %s", (suite) => {
  it("has no scenario for clients that is neither passed nor an exception", async () => {
    const names = await scenariosOf(suite, "Client scenarios (");
    expect(names.length).toBeGreaterThan(20);
    const isException = (name: string) =>
      Object.keys(exceptions).some((beginning) => name.startsWith(beginning));
    const known = passed.filter((one) => one.suite === suite).map(({ name }) => name);
    expect(names.filter((name) => !known.includes(name) && !isException(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name) || isException(name))).toEqual([]);
  });
});

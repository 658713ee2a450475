import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exceptions, passed, type Suite, suites } from "./scenarios.ts";

const root = join(import.meta.dirname, "../..");
/** `npm run test:mcp`. */
const isFullRun = process.env.MODE === "mcp-full";
const client = `${process.execPath} ${join(import.meta.dirname, "conformance-client.ts")}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "conformance-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a suite's command and returns what it prints, also if it fails. */
async function run(suite: Suite, ...args: string[]): Promise<string> {
  const command = [join(root, suites[suite].path), ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      cwd: folder,
    });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    const { stdout, stderr } = Object(error);
    return `${stdout}\n${stderr}`;
  }
}

// One after another: `sse-retry` measures times.
describe.each(passed.filter(({ isQuick }) => isFullRun || isQuick))(
  "the suite $suite, at $revision",
  ({ suite, name, revision }) => {
    it(`finds no fault in the client: ${name}`, async () => {
      const version = suite === "0.1.16" ? [] : ["--spec-version", revision];
      const args = ["client", "--command", client, "--scenario", name, ...version];
      const output = await run(suite, ...args);
      expect(output).toContain("OVERALL: PASSED");
      // A client that exits with an error, or a scenario without a check, also counts as nothing failed.
      expect(output).toMatch(/Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings/);
    });
  },
);

describe.each(Object.keys(suites) as Suite[])("the suite %s", (suite) => {
  it("has no scenario for clients that is neither passed nor an exception", async () => {
    const [, listed = ""] = (await run(suite, "list")).split("Client scenarios");
    const [ofClients = ""] = listed.split("scenarios (test against an");
    const names = [...ofClients.matchAll(/^\s+- (\S+)/gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(20);
    const isException = (name: string) =>
      Object.keys(exceptions).some((beginning) => name.startsWith(beginning));
    const known = passed.filter((one) => one.suite === suite).map(({ name }) => name);
    expect(names.filter((name) => !known.includes(name) && !isException(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name) || isException(name))).toEqual([]);
  });
});

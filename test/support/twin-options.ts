import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";

/**
 * Returns the options of a twin for one test file: free ports, a fast model, and a data folder that hooks create before
 * the tests and remove after them. Call the function before you register the hooks that start and stop the twin.
 */
export function twinOptions(environment: Record<string, string> = {}) {
  const dataDirectory = newDataDirectory();
  beforeAll(() => copyPreparedTwin(dataDirectory));
  // Vitest runs the last registered of these hooks first, so the twin has stopped by then.
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return {
    ...optionsOfTests,
    dataDirectory,
    environment: { ...optionsOfTests.environment, ...environment },
  };
}

export const newDataDirectory = () => join(tmpdir(), `agentic-chat-${randomUUID()}`);

/** Creates a data folder from the one that `prepare-twin.ts` has prepared. */
export function copyPreparedTwin(dataDirectory: string): void {
  // If this process is root, another user owns the files of PostgreSQL. cp keeps the owner; fs.cp does not.
  execFileSync("cp", ["-a", inject("preparedTwin"), dataDirectory]);
}

export const optionsOfTests = {
  port: 0,
  modelProvider: "demo",
  pace: { firstTokenMs: 0, tokensPerSecond: 0 },
  fsync: false,
  // Only the tests of titles and suggestions have them: elsewhere another model call, and more words of an answer, would be in the
  // way of what is counted.
  environment: { CHAT_TITLES: "off", CHAT_SUGGESTIONS: "off" },
  // Tests cover the limit of one address. The limit of the whole API key would only be in their way.
  usagePlan: { ratePerSecond: 10_000, burst: 10_000, perDay: 1_000_000 },
};

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";

/**
 * Returns the options of a twin for one test file: free ports, a demo model without pauses, and a data folder that a hook
 * removes after the tests. Call the function before you register the hooks that start and stop the twin.
 */
export function twinOptions(environment: Record<string, string> = {}) {
  const dataDirectory = join(tmpdir(), `agentic-chat-${randomUUID()}`);
  // If this process is root, PostgreSQL's files belong to another user. cp keeps the owner, fs.cp does not.
  beforeAll(() => void execFileSync("cp", ["-a", inject("preparedTwin"), dataDirectory]));
  // afterAll hooks run in reverse order, so the twin has stopped by then.
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return {
    port: 0,
    dataDirectory,
    modelProvider: "demo" as const,
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    environment,
    fsync: false,
    // Tests check the limit per address. The limit of the whole API key would disturb them.
    usagePlan: { ratePerSecond: 10_000, burst: 10_000, perDay: 1_000_000 },
  };
}

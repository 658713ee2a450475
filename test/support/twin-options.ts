import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, inject } from "vitest";

/**
 * A twin for one test file: free ports, a model that does not dawdle, and a folder of its own that goes when the
 * tests have ended. To be called where hooks are registered, before the hooks that start and stop the twin.
 */
export function twinOptions(environment: Record<string, string> = {}) {
  const dataDirectory = join(tmpdir(), `agentic-chat-${randomUUID()}`);
  // PostgreSQL's part belongs to another user where this runs as root: cp keeps the owner, which fs.cp does not.
  beforeAll(() => void execFileSync("cp", ["-a", inject("preparedTwin"), dataDirectory]));
  // Hooks of this kind run last registered first: the twin is stopped by then.
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return {
    port: 0,
    dataDirectory,
    modelProvider: "demo" as const,
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    environment,
    fsync: false,
    // The limit of one address is what tests are about; that of a whole key is in their way.
    usagePlan: { ratePerSecond: 10_000, burst: 10_000, perDay: 1_000_000 },
  };
}

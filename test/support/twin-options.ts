import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A twin for one test file: free ports, a folder of its own, a model that does not dawdle. */
export function twinOptions(environment: Record<string, string> = {}) {
  return {
    port: 0,
    dataDirectory: mkdtempSync(join(tmpdir(), "agentic-chat-")),
    modelProvider: "demo" as const,
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    environment,
    // The limit of one address is what tests are about; that of a whole key is in their way.
    usagePlan: { ratePerSecond: 10_000, burst: 10_000, perDay: 1_000_000 },
  };
}

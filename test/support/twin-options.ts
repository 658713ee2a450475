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
  };
}

import { rmSync } from "node:fs";
import { afterAll } from "vitest";
import { makeTwinFolder } from "./twin-folder.ts";

/**
 * A twin for one test file: free ports, a model that does not dawdle, and a folder of its own that goes when the
 * tests have ended. To be called where hooks are registered, before the hook that stops the twin.
 */
export function twinOptions(environment: Record<string, string> = {}) {
  const dataDirectory = makeTwinFolder();
  // Hooks of this kind run last registered first: the twin is stopped by then.
  afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return {
    port: 0,
    dataDirectory,
    modelProvider: "demo" as const,
    pace: { firstTokenMs: 0, tokensPerSecond: 0 },
    environment,
    // The limit of one address is what tests are about; that of a whole key is in their way.
    usagePlan: { ratePerSecond: 10_000, burst: 10_000, perDay: 1_000_000 },
  };
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Returns the names of all metrics in the code, and of those without a dimension of their own. */
export function emittedMetrics(): { all: Set<string>; withoutDimensions: Set<string> } {
  const code = globSync("{lib,functions}/**/*.ts", { cwd: root })
    .filter((path) => !path.endsWith(".test.ts") && !path.endsWith("telemetry.ts"))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const measured = [...code.matchAll(/measure\("(\w+)", (.*)\);/g)];
  // lib/chat/run-turn.ts chooses these by the outcome of a turn.
  const byOutcome = [...code.matchAll(/^ {2}\w+: "(Turns\w+)",$/gm)].map(([, name = ""]) => name);
  // Of a turn's usage and by its model, in lib/chat/turn-usage.ts.
  const ofUsage = [...code.matchAll(/^ {2}\["\w+", "(\w+)"\],$/gm)].map(([, name = ""]) => name);
  const withoutDimensions = measured
    .filter(([, , rest = ""]) => !/, (\{.*\}|model)$/.test(rest))
    .map(([, name = ""]) => name);
  return {
    all: new Set([...measured.map(([, name = ""]) => name), ...byOutcome, ...ofUsage]),
    withoutDimensions: new Set([...withoutDimensions, ...byOutcome]),
  };
}

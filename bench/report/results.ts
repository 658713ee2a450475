import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Samples } from "#bench/samples.ts";
import type { GrowthSeries } from "#bench/sections/growth.ts";
import type { TracedTurn } from "#bench/sections/requests.ts";
import type { SectionName } from "./rows.ts";

/** What one section measured, and under which conditions. */
export interface SectionResult {
  /** The measured commit. Ends with `+` if the tree had other changes. */
  commit: string;
  /** The commit that `--against` named. */
  earlier: string | null;
  rounds: number;
  /** When the section ended, as a date in UTC. */
  date: string;
  /** The machine's load average of a minute, before and after. The benchmark itself is part of the second. */
  load: [before: number, after: number];
  samples: Samples;
}

/** bench/results.json. */
export interface Results {
  machine: { platform: string; cores: number; memoryGb: number; node: string; postgres: string };
  /** Versions of the baselines' packages. */
  baselines: Record<string, string>;
  sections: Partial<Record<SectionName, SectionResult>>;
  traces?: Record<string, TracedTurn>;
  growth?: GrowthSeries[];
}

const file = join(import.meta.dirname, "../results.json");

export function readResults(): Results {
  return JSON.parse(readFileSync(file, "utf8"));
}

export function writeResults(results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

/** Three decimals are more than any of these figures can be repeated to. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toFixed(3)) : value;
}

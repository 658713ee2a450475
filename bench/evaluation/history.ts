import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "#bench/statistics.ts";
import type { CaseResult } from "./run-case.ts";

/** One run of all cases with one model. */
export interface EvaluationRun {
  /** In UTC. */
  date: string;
  /** Ends with `+` if the tree had other changes. */
  commit: string;
  model: string;
  results: CaseResult[];
}

/** How a run ended: what the history keeps of it. */
export interface RunSummary {
  date: string;
  commit: string;
  model: string;
  /** Passed and all cases by kind. */
  kinds: Record<string, [passed: number, all: number]>;
  failed: string[];
  medianFirstTokenMs: number | null;
  medianTotalMs: number;
  /** The sum over all cases. Null if a price is unknown. */
  costUsd: number | null;
}

/** The runs that are kept: the newest one of each model with all results, and a summary of each. */
export interface EvaluationHistory {
  newest: Record<string, EvaluationRun>;
  runs: RunSummary[];
}

const file = join(import.meta.dirname, "history.json");

export function readHistory(): EvaluationHistory {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { newest: {}, runs: [] };
}

/** Adds a run. A run of the same model and commit replaces the one before. */
export function addRun(history: EvaluationHistory, run: EvaluationRun): EvaluationHistory {
  const isSame = ({ model, commit }: RunSummary) => model === run.model && commit === run.commit;
  return {
    newest: { ...history.newest, [run.model]: run },
    runs: [...history.runs.filter((other) => !isSame(other)), summaryOf(run)],
  };
}

export function writeHistory(history: EvaluationHistory): void {
  writeFileSync(file, `${JSON.stringify(history, rounded, 1)}\n`);
}

export function summaryOf({ results, ...run }: EvaluationRun): RunSummary {
  const kinds: RunSummary["kinds"] = {};
  for (const { kind, faults } of results) {
    const [passed, all] = kinds[kind] ?? [0, 0];
    kinds[kind] = [passed + (faults.length === 0 ? 1 : 0), all + 1];
  }
  const firstTokens = results.flatMap(({ firstTokenMs }) => firstTokenMs ?? []);
  const costs = results.map(({ costUsd }) => costUsd);
  return {
    ...run,
    kinds,
    failed: results.filter(({ faults }) => faults.length > 0).map(({ name }) => name),
    medianFirstTokenMs: firstTokens.length === 0 ? null : median(firstTokens),
    medianTotalMs: median(results.map(({ totalMs }) => totalMs)),
    costUsd: costs.includes(null) ? null : costs.reduce<number>((sum, one) => sum + (one ?? 0), 0),
  };
}

/** Whole milliseconds, and millionths of a dollar. */
function rounded(key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return key === "costUsd" ? Number(value.toFixed(6)) : Math.round(value);
}

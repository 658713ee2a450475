import { markdownTable } from "#bench/report/markdown-table.ts";
import type { EvaluationHistory, EvaluationRun, RunSummary } from "./history.ts";

/** Returns the Markdown table of one run's cases. */
export function caseTable({ results }: EvaluationRun): string {
  const lines = results.map(({ name, kind, faults, calls, firstTokenMs, totalMs, costUsd }) => [
    name,
    kind,
    faults.length === 0 ? "yes" : `**no**: ${faults.map(inCell).join("; ")}`,
    calls.join(", ") || "–",
    firstTokenMs === null ? "–" : String(Math.round(firstTokenMs)),
    String(Math.round(totalMs)),
    dollars(costUsd),
  ]);
  const head = ["case", "kind", "passed", "calls", "first token, ms", "whole, ms", "cost, USD"];
  return markdownTable(head, lines, 4);
}

/** Returns the table of the newest run of each model, under a heading. */
export const newestTables = ({ newest }: EvaluationHistory): string =>
  Object.values(newest)
    .map((run) => `### ${run.model}, ${run.date.slice(0, 10)}\n\n${caseTable(run)}`)
    .join("\n\n");

/** Returns the Markdown table of all runs, newest first. */
export function historyTable({ runs }: EvaluationHistory): string {
  const kinds = [...new Set(runs.flatMap((run) => Object.keys(run.kinds)))];
  const lines = runs
    .toReversed()
    .map((run) => [
      run.date.slice(0, 10),
      `\`${run.commit}\``,
      run.model,
      share(totalOf(run)),
      ...kinds.map((kind) => share(run.kinds[kind])),
      run.medianFirstTokenMs === null ? "–" : String(Math.round(run.medianFirstTokenMs)),
      String(Math.round(run.medianTotalMs)),
      dollars(run.costUsd),
    ]);
  const head = [
    ...["date", "commit", "model", "all", ...kinds],
    ...["first token, ms", "whole, ms", "cost, USD"],
  ];
  return markdownTable(head, lines, 3);
}

export function totalOf({ kinds }: Pick<RunSummary, "kinds">): [passed: number, all: number] {
  return Object.values(kinds).reduce(
    ([passed, all], [one, others]) => [passed + one, all + others],
    [0, 0],
  );
}

const share = (counts: readonly [number, number] | undefined): string =>
  counts === undefined ? "–" : `${counts[0]}/${counts[1]}`;

const dollars = (amount: number | null): string =>
  amount === null ? "unknown" : amount === 0 ? "0" : amount.toFixed(5);

const inCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

import type { OperatorReport } from "#lib/contract/operator.ts";
import type { Plot } from "../plots/choose-plot.ts";
import type { OperatorTexts } from "../texts/operator-english.ts";

/** Returns the plots of a report: messages and failures, money, and the time to the first word. */
export function plotsOf({ slots, unit }: OperatorReport, words: OperatorTexts): Plot[] {
  const axis = {
    kind: "times" as const,
    values: slots.map(({ start }) => Date.parse(start)),
    ...{ areMonths: false, areDays: unit === "day" },
  };
  const plot = (kind: Plot["kind"], ...series: Plot["series"]): Plot => ({
    ...{ kind, axisName: words.time, axis, series },
  });
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  const plots = [
    plot(
      "bar",
      { name: words.turns, values: slots.map(({ turns }) => turns) },
      { name: words.failures, values: slots.map(({ failed }) => failed) },
    ),
    plot("bar", { name: words.costUsd, values: slots.map(({ cost_usd }) => cost_usd) }),
    plot(
      "line",
      { name: words.median, values: slots.map(({ first_token }) => seconds(first_token.p50_ms)) },
      { name: words.slowest5, values: slots.map(({ first_token }) => seconds(first_token.p95_ms)) },
    ),
  ];
  // A plot without a figure has no scale.
  return plots.filter(({ series }) => series.some(({ values }) => values.some(Boolean)));
}

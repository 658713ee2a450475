import type { Party, Samples } from "#bench/samples.ts";
import { median, medianRatio } from "#bench/statistics.ts";
import { markdownTable } from "./markdown-table.ts";
import { type Row, rows } from "./rows.ts";

/** Returns the Markdown table of all rows that have figures. `earlier` is the name of the earlier build. */
export function tableOf(samples: Samples, earlier: string | null): string {
  const parties: [Party, string][] = [
    ["limit", "limit"],
    ["plain", "plain"],
    ...(earlier === null ? [] : [["earlier", `\`${earlier}\``] as [Party, string]]),
    ["this", "this"],
  ];
  const head = [
    "what",
    ...parties.map(([, title]) => title),
    ...parties.slice(0, -1).map(([, title]) => `this / ${title}`),
  ];
  const lines = rows
    .filter(({ id }) => samples[id] !== undefined)
    .map((row) => [
      labelOf(row),
      ...parties.map(([party]) => figureOf(samples, row, party)),
      ...parties.slice(0, -1).map(([party]) => ratioOf(samples, row, party)),
    ]);
  return markdownTable(head, lines);
}

const labelOf = ({ label, unit }: Row): string => (unit === "" ? label : `${label}, ${unit}`);

function figureOf(samples: Samples, { id }: Row, party: Party): string {
  const values = samples[id]?.[party];
  return values === undefined ? "–" : shortFigure(median(values));
}

function ratioOf(samples: Samples, { id }: Row, party: Party): string {
  const [values, others] = [samples[id]?.this, samples[id]?.[party]];
  if (values === undefined || others === undefined || median(others) === 0) return "–";
  return shortFigure(medianRatio(values, others));
}

/** Three significant digits, and whole numbers from 100 on. */
export function shortFigure(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return value.toFixed(digits);
}

import type { Plot } from "./choose-plot.ts";

/** What a drawing of a plot needs. */
export interface Drawing {
  plot: Plot;
  /** The names of the places of the axis. */
  names: string[];
  ticks: number[];
  tickNames: string[];
  locale: string;
  formatValue: (value: number) => string;
  /** In pixels. */
  width: number;
  /** Unique on the page. */
  id: string;
}

/** Returns what the pointer shows at one place: "Jan 2025: revenue 1,200; costs 800". */
export function describePlace({ plot, names, formatValue }: Drawing, place: number): string {
  const values = plot.series.flatMap(({ name, values }) => {
    const value = values[place] ?? null;
    return value === null ? [] : [`${name} ${formatValue(value)}`];
  });
  return `${names[place]}: ${values.join("; ")}`;
}

import type { Table } from "#lib/contract/table.ts";
import { isDay } from "../tables/column-format.ts";
import { type Cell, drawableNumber } from "../tables/exact-number.ts";

export const plotKinds = ["bar", "line", "scatter"] as const;
export type PlotKind = (typeof plotKinds)[number];

/** Where the values of a plot are on the horizontal axis, and how the axis names them. */
export type PlotAxis =
  | { kind: "names"; names: string[] }
  /** Milliseconds since 1970. */
  | { kind: "times"; values: number[]; areMonths: boolean; areDays: boolean }
  | { kind: "numbers"; values: number[] };

export interface PlotSeries {
  name: string;
  /** One for each place of the axis. Null is a gap. */
  values: (number | null)[];
}

export interface Plot {
  kind: PlotKind;
  axisName: string;
  axis: PlotAxis;
  series: PlotSeries[];
}

/** Why a table that could have a plot has none. */
export type NoPlot = "tooManyNames" | "noNumbers";

const maxNames = 50;
const maxSeries = 4;

/**
 * Returns the plot of a table, or why there is none. Without a `wanted` kind, only a table of the usual shape has a plot: names,
 * times or years first, then one to four columns of numbers. Returns null for every other table.
 */
export function choosePlot(table: Table, wanted: PlotKind | null): Plot | NoPlot | null {
  const numbers = table.columns.flatMap(({ type }, index) => (type === "number" ? [index] : []));
  if (numbers.length === 0) return wanted === null ? null : "noNumbers";
  if (wanted === null && table.rows.length < 2) return null;
  if (wanted === "scatter" && numbers.length >= 2) return scatterPlot(table, numbers);
  if (isLong(table)) return longPlot(table, wanted);

  const axisColumn = axisOf(table, numbers);
  const values = numbers.filter((index) => index !== axisColumn);
  if (values.length === 0) return wanted === null ? null : "noNumbers";
  if (wanted === null) {
    const hasAxis = axisColumn === 0 && (table.columns[0]?.type !== "number" || isYear(table, 0));
    const hasOnlyNumbers = values.length === table.columns.length - 1;
    if (!hasAxis || !hasOnlyNumbers || values.length > maxSeries) return null;
  }
  const series = values.slice(0, maxSeries).map((index) => ({
    name: table.columns[index]?.name ?? "",
    values: table.rows.map((row) => drawableNumber(row[index])),
  }));
  const name = table.columns[axisColumn]?.name ?? "";
  return plotOf(wanted, name, readAxis(table, axisColumn), series);
}

function plotOf(
  wanted: PlotKind | null,
  axisName: string,
  axis: PlotAxis,
  all: PlotSeries[],
): Plot | NoPlot | null {
  const series = all.filter(({ values }) => values.some((value) => value !== null));
  if (series.length === 0) return wanted === null ? null : "noNumbers";
  const usual = axis.kind === "names" ? "bar" : "line";
  const kind = wanted === null || wanted === "scatter" ? usual : wanted;
  const isCrowded = kind === "bar" && placesOf(axis) > maxNames;
  if (isCrowded && axis.kind === "names") return "tooManyNames";
  return { kind: isCrowded ? "line" : kind, axisName, ...inOrder(axis, series) };
}

const placesOf = (axis: PlotAxis) => (axis.kind === "names" ? axis.names : axis.values).length;

/** Returns the column of the horizontal axis: the first that is no number, or else the first. */
function axisOf({ columns }: Table, [firstNumber = 0]: number[]): number {
  const index = columns.findIndex(({ type }) => type !== "number" && type !== "json");
  return index === -1 ? firstNumber : index;
}

function isYear({ columns, rows }: Table, index: number): boolean {
  if (columns[index]?.type !== "number") return false;
  return rows.every((row) => {
    const value = drawableNumber(row[index]);
    return value !== null && Number.isInteger(value) && value >= 1_000 && value < 3_000;
  });
}

function readAxis(table: Table, column: number): PlotAxis {
  const cells = table.rows.map((row) => row[column] ?? null);
  if (table.columns[column]?.type !== "number") return readTexts(cells.map(textOf));
  const numbers = cells.map(drawableNumber);
  const areNumbers = numbers.every((value) => value !== null) && !isYear(table, column);
  return areNumbers
    ? { kind: "numbers", values: numbers }
    : { kind: "names", names: cells.map(textOf) };
}

const month = /^\d{4}-(0[1-9]|1[0-2])$/;
const day = /^\d{4}-\d{2}-\d{2}/;

/** Reads months and days in texts as times, because queries make them with `to_char`. */
function readTexts(texts: string[]): PlotAxis {
  const areMonths = texts.every((text) => month.test(text));
  if (!areMonths && !texts.every((text) => day.test(text))) return { kind: "names", names: texts };
  const values = texts.map((text) => Date.parse(areMonths ? `${text}-01` : text));
  if (!values.every(Number.isFinite)) return { kind: "names", names: texts };
  const areDays = areMonths || texts.every(isDay);
  const beginMonths =
    texts.length > 1 && areDays && texts.every((text) => text.startsWith("01", 8));
  return { kind: "times", values, areMonths: areMonths || beginMonths, areDays };
}

const textOf = (cell: Cell | undefined) => (cell === null ? "" : String(cell ?? ""));

/** Lines go from left to right, in whatever order the rows are. */
function inOrder(axis: PlotAxis, series: PlotSeries[]): { axis: PlotAxis; series: PlotSeries[] } {
  if (axis.kind === "names") return { axis, series };
  const order = axis.values.map((_, index) => index);
  order.sort((one, other) => (axis.values[one] ?? 0) - (axis.values[other] ?? 0));
  return {
    axis: { ...axis, values: order.map((index) => axis.values[index] ?? 0) },
    series: series.map(({ name, values }) => ({
      name,
      values: order.map((index) => values[index] ?? null),
    })),
  };
}

function scatterPlot(table: Table, numbers: number[]): Plot | NoPlot {
  const [x = 0, ...others] = numbers;
  const rows = table.rows.filter((row) => drawableNumber(row[x]) !== null);
  if (rows.length === 0) return "noNumbers";
  return {
    kind: "scatter",
    axisName: table.columns[x]?.name ?? "",
    axis: { kind: "numbers", values: rows.map((row) => drawableNumber(row[x]) ?? 0) },
    series: others.slice(0, maxSeries).map((index) => ({
      name: table.columns[index]?.name ?? "",
      values: rows.map((row) => drawableNumber(row[index])),
    })),
  };
}

/** Returns whether a row is one place and one series, such as a month and a region. */
function isLong({ columns: [place, name, value, ...others] }: Table): boolean {
  if (others.length > 0 || place === undefined) return false;
  return /^(text|time)$/.test(place.type) && name?.type === "text" && value?.type === "number";
}

/** Returns a series for each value of the second column. */
function longPlot(table: Table, wanted: PlotKind | null): Plot | NoPlot | null {
  const places = [...new Set(table.rows.map((row) => textOf(row[0])))];
  const names = [...new Set(table.rows.map((row) => textOf(row[1])))];
  const keyOf = (place: string, name: string) => JSON.stringify([place, name]);
  const cells = new Map(table.rows.map((row) => [keyOf(textOf(row[0]), textOf(row[1])), row[2]]));
  // Two rows for one place, or more series than a reader can tell apart.
  if (cells.size < table.rows.length || names.length > maxSeries || places.length < 2) return null;
  const series = names.map((name) => ({
    name,
    values: places.map((place) => drawableNumber(cells.get(keyOf(place, name)))),
  }));
  return plotOf(wanted, table.columns[0]?.name ?? "", readTexts(places), series);
}

/** Returns a plot for each series if the series cannot share an axis: beside revenue, the number of orders is a flat line. */
export function splitByScale(plot: Plot): Plot[] {
  const heights = plot.series
    .map(({ values }) => Math.max(...values.map((value) => Math.abs(value ?? 0))))
    .filter((height) => height > 0);
  if (Math.max(...heights) <= 20 * Math.min(...heights)) return [plot];
  return plot.series.map((series) => ({ ...plot, series: [series] }));
}

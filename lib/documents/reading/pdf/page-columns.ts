import type { Area } from "./matrix.ts";
import { type Line, linesOf, type Segment } from "./page-lines.ts";

/** Lines of one column, from the top to the bottom. */
export type Flow = Line[];

/** A column of prose has at least this many lines. */
const leastLines = 4;

/**
 * Returns the columns of a page in reading order. A table has columns, too: it is recognised by its short cells, or by rules across
 * its columns, and stays in one flow with the lines above and below it.
 */
export function pageColumns(segments: Segment[], rules: Area[]): Flow[] {
  const lines = linesOf(segments);
  const found = findColumns(lines, rules);
  if (found === undefined) return lines.length > 0 ? [lines] : [];
  const { first, last, middle } = found;
  const band = lines.slice(first, last + 1);
  const inside = band.flatMap((line) => line.segments);
  const sides = [
    inside.filter((segment) => segment.right <= middle),
    inside.filter((segment) => segment.right > middle),
  ];
  const isReversed = band.filter((line) => line.isRightToLeft).length > band.length / 2;
  const flows = (some: Line[]) =>
    pageColumns(
      some.flatMap((line) => line.segments),
      rules,
    );
  return [
    ...flows(lines.slice(0, first)),
    ...(isReversed ? sides.toReversed() : sides).flatMap((side) => pageColumns(side, rules)),
    ...flows(lines.slice(last + 1)),
  ];
}

interface Columns {
  /** Indexes of lines. */
  first: number;
  last: number;
  /** Of the gap between two columns. */
  middle: number;
}

/** Returns the largest band of lines with two columns of prose. */
function findColumns(lines: Line[], rules: Area[]): Columns | undefined {
  const edges = new Set(
    lines.flatMap((line) => line.segments.map(({ right }) => Math.ceil(right))),
  );
  let best: (Columns & { count: number }) | undefined;
  for (const edge of edges) {
    for (const [begin, end] of runsBeside(lines, edge)) {
      if (end - begin + 1 <= (best?.count ?? 0)) continue;
      const columns = columnsIn(lines, begin, end, edge, rules);
      if (columns && columns.last - columns.first + 1 > (best?.count ?? 0))
        best = { ...columns, count: columns.last - columns.first + 1 };
    }
  }
  return best;
}

/** Returns the runs of lines that do not cross a place. */
function runsBeside(lines: Line[], at: number): [number, number][] {
  const runs: [number, number][] = [];
  let begin: number | undefined;
  lines.forEach((line, index) => {
    const isCrossing = line.segments.some(({ left, right }) => left < at && right > at);
    if (!isCrossing) begin ??= index;
    if (begin !== undefined && (isCrossing || index === lines.length - 1)) {
      const end = isCrossing ? index - 1 : index;
      if (end - begin >= leastLines - 1) runs.push([begin, end]);
      begin = undefined;
    }
  });
  return runs;
}

function columnsIn(
  lines: Line[],
  begin: number,
  end: number,
  edge: number,
  rules: Area[],
): Columns | undefined {
  const { first, last } = withoutLoneLines(lines, begin, end, edge);
  const segments = lines.slice(first, last + 1).flatMap((line) => line.segments);
  const left = segments.filter(({ right }) => right <= edge);
  const right = segments.filter(({ right }) => right > edge);
  if (left.length < leastLines || right.length < leastLines) return undefined;
  const from = Math.max(...left.map((segment) => segment.right));
  const to = Math.min(...right.map((segment) => segment.left));
  const middle = (from + to) / 2;
  const isWide = to - from >= 0.8 * median(segments.map(({ size }) => size));
  if (!isWide || !isProse(left) || !isProse(right)) return undefined;
  return isRuled(middle, left, right, rules) ? undefined : { first, last, middle };
}

/**
 * Lines on the left alone, at either end of a band, belong to it only if they follow on its lines closely: the last lines of a longer
 * column, but not a heading above or below both columns.
 */
function withoutLoneLines(lines: Line[], begin: number, end: number, edge: number) {
  const indexes = Array.from({ length: end - begin + 1 }, (_, index) => begin + index);
  const isOnRight = (index: number) =>
    (lines[index]?.segments ?? []).some(({ right }) => right > edge);
  let first = indexes.find(isOnRight) ?? end;
  let last = indexes.findLast(isOnRight) ?? begin;
  const isClose = (above: number, below: number) => {
    const [one, other] = [lines[above], lines[below]];
    if (one === undefined || other === undefined) return false;
    const isSameSize = Math.abs(one.size - other.size) < 0.1 * one.size;
    return isSameSize && other.baseline - one.baseline < 1.6 * one.size;
  };
  while (first > begin && isClose(first - 1, first)) first -= 1;
  while (last < end && isClose(last, last + 1)) last += 1;
  return { first, last };
}

/** Prose fills its column: most lines are nearly as wide as it, and have several words. */
function isProse(segments: Segment[]): boolean {
  const lines = linesOf(segments);
  if (lines.length < leastLines) return false;
  const left = Math.min(...lines.map((line) => line.left));
  const widths = lines.map((line) => line.right - line.left);
  const column = Math.max(...lines.map((line) => line.right)) - left;
  const letters = median(
    lines.map((line) => line.segments.reduce((sum, { text }) => sum + text.length, 0)),
  );
  return median(widths) > 0.6 * column && letters >= 14;
}

/** Two rules across the gap, between the first and the last line, belong to a table. */
function isRuled(middle: number, left: Segment[], right: Segment[], rules: Area[]): boolean {
  const baselines = [...left, ...right].map(({ baseline }) => baseline);
  const top = Math.min(...baselines) - 20;
  const bottom = Math.max(...baselines) + 20;
  const across = rules.filter(
    (rule) => rule.left < middle && rule.right > middle && rule.top > top && rule.bottom < bottom,
  );
  return new Set(across.map(({ top }) => Math.round(top / 3))).size >= 3;
}

export function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

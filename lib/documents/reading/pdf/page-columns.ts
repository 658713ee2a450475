import type { Area } from "./matrix.ts";
import { type Line, linesOf, type Segment } from "./page-lines.ts";

/** Lines of one column, from the top to the bottom. */
export type Flow = Line[];

/** A column of prose has at least this many lines. */
const leastLines = 4;

/**
 * Returns the columns of a page in reading order. A line across the page ends the columns above it. A table has columns, too: it is
 * recognised by its short cells, or by rules across its columns, and stays in one flow.
 */
export function pageColumns(segments: Segment[], rules: Area[]): Flow[] {
  if (segments.length === 0) return [];
  const gutter = findGutter(segments, rules);
  if (gutter === undefined) return [linesOf(segments)];
  const flows: Flow[] = [];
  let band: Segment[] = [];
  let crossing: Segment[] = [];
  const flush = () => {
    if (crossing.length > 0) flows.push(linesOf(crossing));
    const left = band.filter(({ right }) => right <= gutter);
    const right = band.filter(({ right }) => right > gutter);
    const sides = isReadFromTheRight(band) ? [right, left] : [left, right];
    for (const side of sides) flows.push(...pageColumns(side, rules));
    band = [];
    crossing = [];
  };
  for (const line of linesOf(segments)) {
    const isCrossing = line.segments.some(({ left, right }) => left < gutter && right > gutter);
    if (isCrossing) {
      if (band.length > 0) flush();
      crossing.push(...line.segments);
    } else band.push(...line.segments);
  }
  flush();
  return flows;
}

const isReadFromTheRight = (segments: Segment[]): boolean =>
  linesOf(segments).filter((line) => line.isRightToLeft).length > linesOf(segments).length / 2;

/** Returns the middle of a gap between two columns of prose that few segments cross. */
function findGutter(segments: Segment[], rules: Area[]): number | undefined {
  const edges = [...new Set(segments.map(({ right }) => Math.round(right)))].sort((a, b) => a - b);
  const size = median(segments.map((segment) => segment.size));
  let best: { middle: number; score: number } | undefined;
  for (const edge of edges) {
    const at = edge + 1;
    const left = segments.filter(({ right }) => right <= at);
    const right = segments.filter(({ left }) => left >= at);
    const crossing = segments.length - left.length - right.length;
    if (left.length < leastLines || right.length < leastLines || crossing > segments.length * 0.3)
      continue;
    const begin = Math.max(...left.map((segment) => segment.right));
    const end = Math.min(...right.map((segment) => segment.left));
    const width = end - begin;
    if (width < 0.8 * size || !isProse(left) || !isProse(right) || !shareHeight(left, right))
      continue;
    const middle = (begin + end) / 2;
    if (isRuled(middle, left, right, rules)) continue;
    const score = width / size - (crossing / segments.length) * 20;
    if (best === undefined || score > best.score) best = { middle, score };
  }
  return best?.middle;
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

/** Columns stand beside each other. */
function shareHeight(one: Segment[], other: Segment[]): boolean {
  const range = (segments: Segment[]) => segments.map(({ baseline }) => baseline);
  const top = Math.max(Math.min(...range(one)), Math.min(...range(other)));
  const bottom = Math.min(Math.max(...range(one)), Math.max(...range(other)));
  return bottom > top;
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

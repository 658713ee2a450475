import type { Area } from "./matrix.ts";
import { median } from "./page-columns.ts";
import type { Line, Segment } from "./page-lines.ts";

interface Gap {
  begin: number;
  end: number;
}

export interface FoundTable {
  /** How many lines of the flow the table takes. */
  lineCount: number;
  rows: string[][];
}

/**
 * Returns the table that begins at a line: lines whose gaps stand under each other. A line that crosses all gaps ends it. The rules
 * of a table tell which lines are one row; without rules, lines that are closer together than the others.
 */
export function tableAt(lines: Line[], first: number, rules: Area[]): FoundTable | undefined {
  const begin = lines[first];
  if (begin === undefined || begin.segments.length < 2) return undefined;
  let gaps = gapsOf(begin);
  let last = first;
  let dividers = 0;
  for (let index = first + 1; index < lines.length; index++) {
    const line = lines[index];
    const previous = lines[index - 1];
    if (line === undefined || previous === undefined) break;
    const distance = line.baseline - previous.baseline;
    const isDivided = rules.some(({ top }) => top > previous.baseline && top < line.baseline);
    if (distance > (isDivided ? 6 : 3.2) * line.size) break;
    if (isDivided) dividers += 1;
    // The last rule ends a table with rules.
    if (dividers >= 2 && isDivided && !hasRuleBelow(line, begin, rules)) break;
    const shared = sharedGaps(gaps, gapsOf(line), line.size);
    const inner = shared.filter(isInner);
    if (inner.length === 0) break;
    if (line.segments.length === 1) {
      const isCrossing = inner.length < gaps.filter(isInner).length;
      if (isCrossing || !isContinued(lines, index, gaps, rules)) break;
    } else if (inner.length >= gaps.filter(isInner).length || !isMergedRow(line, gaps)) {
      // A merged cell crosses some gaps, which the other rows still have.
      gaps = shared;
    }
    last = index;
  }
  const taken = lines.slice(first, last + 1);
  const full = taken.filter((line) => line.segments.length > 1);
  if (full.length < 2) return undefined;
  const edges = gaps.filter(isInner).map(({ begin: left, end }) => (left + end) / 2);
  const cells = taken.map((line) => cellsOf(line, edges));
  return { lineCount: taken.length, rows: mergeRows(taken, cells, rules) };
}

/** The rule of a table is as wide as most of it. An underlined word is not. */
function hasRuleBelow({ baseline, size }: Line, begin: Line, rules: Area[]): boolean {
  const below = rules.filter(({ top }) => top > baseline && top < baseline + 12 * size);
  return below.some(({ top }) => {
    const sameHeight = below.filter((rule) => Math.abs(rule.top - top) < 2);
    const covered = sameHeight.reduce(
      (sum, { left, right }) =>
        sum + Math.max(0, Math.min(right, begin.right) - Math.max(left, begin.left)),
      0,
    );
    return covered > 0.5 * (begin.right - begin.left);
  });
}

const isInner = ({ begin, end }: Gap): boolean => Number.isFinite(begin) && Number.isFinite(end);

function gapsOf({ segments }: Line): Gap[] {
  const edges = segments.flatMap(({ left, right }) => [left, right]);
  const bounds = [Number.NEGATIVE_INFINITY, ...edges, Number.POSITIVE_INFINITY];
  return Array.from({ length: bounds.length / 2 }, (_, index) => ({
    begin: bounds[index * 2] ?? 0,
    end: bounds[index * 2 + 1] ?? 0,
  }));
}

function sharedGaps(some: Gap[], others: Gap[], size: number): Gap[] {
  return some.flatMap((gap) =>
    others
      .map((other) => ({
        begin: Math.max(gap.begin, other.begin),
        end: Math.min(gap.end, other.end),
      }))
      .filter(({ begin, end }) => end - begin > 0.35 * size),
  );
}

/** Each segment of a merged row begins where a column begins. */
function isMergedRow(line: Line, gaps: Gap[]): boolean {
  const inner = gaps.filter(isInner);
  return inner.length >= 2 && line.segments.length >= 2 && line.segments.length <= inner.length;
}

/** A line with one cell belongs to the table if it continues a cell, or if rows follow closely. */
function isContinued(lines: Line[], index: number, gaps: Gap[], rules: Area[]): boolean {
  const line = lines[index];
  const previous = lines[index - 1];
  if (line === undefined || previous === undefined) return false;
  const isClose = line.baseline - previous.baseline < 1.5 * line.size;
  const firstEdge = gaps.find(isInner)?.begin ?? 0;
  const isUnderFirst = line.left < firstEdge;
  const below = rules.some(
    ({ top, left, right }) =>
      top > line.baseline - 1 &&
      top < line.baseline + 2.5 * line.size &&
      left < line.right &&
      right > line.left + 20,
  );
  if (below) return true;
  const next = lines[index + 1];
  const isFollowed =
    next !== undefined &&
    next.segments.length > 1 &&
    next.baseline - line.baseline < 2.2 * line.size &&
    sharedGaps(gaps, gapsOf(next), next.size).some(isInner);
  return isUnderFirst ? isFollowed : isClose || isFollowed;
}

function cellsOf(line: Line, edges: number[]): string[] {
  const cells = new Array<string>(edges.length + 1).fill("");
  for (const segment of line.segments) {
    const column = edges.filter((edge) => edge < startOf(segment, edges)).length;
    cells[column] = `${cells[column] ?? ""} ${segment.text}`.trim();
  }
  return line.isRightToLeft ? cells.toReversed() : cells;
}

/** A cell that crosses an edge belongs to the column where it begins. */
const startOf = ({ left, right }: Segment, edges: number[]): number =>
  edges.some((edge) => edge > left && edge < right) ? left : (left + right) / 2;

function mergeRows(lines: Line[], cells: string[][], rules: Area[]): string[][] {
  const isNewRow = rowBegins(lines, cells, rules);
  const rows: string[][] = [];
  cells.forEach((row, index) => {
    const last = rows.at(-1);
    if (last === undefined || isNewRow(index)) rows.push([...row]);
    else
      row.forEach((cell, column) => {
        last[column] = joinCell(last[column] ?? "", cell);
      });
  });
  return rows;
}

function joinCell(above: string, below: string): string {
  if (above === "" || below === "") return above + below;
  if (/\p{L}-$/u.test(above) && /^\p{Ll}/u.test(below)) return above.slice(0, -1) + below;
  return `${above} ${below}`;
}

function rowBegins(lines: Line[], cells: string[][], rules: Area[]): (index: number) => boolean {
  const left = Math.min(...lines.map((line) => line.left));
  const right = Math.max(...lines.map((line) => line.right));
  const divides = (index: number) =>
    rules.some(
      (rule) =>
        rule.top > (lines[index - 1]?.baseline ?? 0) - 1 &&
        rule.top < (lines[index]?.baseline ?? 0) - 1 &&
        Math.min(rule.right, right) - Math.max(rule.left, left) > 0.2 * (right - left),
    );
  const dividedCount = lines.filter((_, index) => index > 0 && divides(index)).length;
  // A rule under the header alone says nothing about the other rows.
  if (dividedCount >= 2 || (dividedCount === 1 && lines.length === 2)) return divides;
  const distances = lines
    .slice(1)
    .map((line, index) => line.baseline - (lines[index]?.baseline ?? 0));
  const least = Math.min(...distances);
  const usual = median(distances);
  const isUneven = Math.max(...distances) > 1.25 * least;
  return (index) => {
    const isClose =
      isUneven &&
      (distances[index - 1] ?? 0) < 1.12 * least &&
      (distances[index - 1] ?? 0) <= usual;
    const row = cells[index] ?? [];
    const above = cells[index - 1] ?? [];
    const isPartial = row.filter(Boolean).length < above.length && (row[0] ?? "") === "";
    return !(
      isClose ||
      (isPartial && (distances[index - 1] ?? 0) < 1.4 * (lines[index]?.size ?? 0))
    );
  };
}

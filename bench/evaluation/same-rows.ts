/** The rows of a query, each a list of values in the order of its columns. */
export type Rows = unknown[][];

/**
 * Returns whether two queries answer the same question: each row of `expected` is in `found`, and there are as many. The
 * order of rows and columns and the names of columns do not count, `found` may have more columns, and numbers may differ
 * by rounding to a hundredth.
 */
export function sameRows(found: Rows, expected: Rows): boolean {
  if (found.length !== expected.length) return false;
  const left = found.map((row) => row.map(normal));
  return expected
    .map((row) => row.map(normal))
    .every((row) => {
      const index = left.findIndex((candidate) => holds(candidate, row));
      if (index < 0) return false;
      left.splice(index, 1);
      return true;
    });
}

/** Whether each value has a value of its own in the row. */
function holds(row: string[], values: string[]): boolean {
  const left = [...row];
  return values.every((value) => {
    const index = left.indexOf(value);
    if (index < 0) return false;
    left.splice(index, 1);
    return true;
  });
}

/** PostgreSQL's exact numbers arrive as text. A month may be a date, a time or the text "2024-01". */
function normal(value: unknown): string {
  if (value instanceof Date) return withoutTime(value.toISOString());
  const text = String(value).trim();
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text))
    return (Math.round(Number(text) * 100) / 100).toString();
  return withoutTime(text);
}

/** The first of a month stands for the month. */
const withoutTime = (text: string): string =>
  text.replace(/^(\d{4}-\d{2})(-01)?([T ]00:00(:00(\.0+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/, "$1");

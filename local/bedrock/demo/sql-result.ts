/** The rows of a query's result, as far as the model reads them. */
export interface Rows {
  columns: string[];
  rows: string[][];
  /** How many rows the result has, as the tool says it: "12", "more than 500". */
  count: string;
  /** False if the text does not hold all rows. */
  isWhole: boolean;
  /** The days that the data covers, if the comment of the database names them. */
  period: { from: string; to: string } | undefined;
}

/** Reads what `sql_query` returns: remarks, a blank line, then the names of the columns and one row a line, with tabs. */
export function readRows(text: string): Rows {
  const [remarks = "", ...rest] = text.split("\n\n");
  const [columns = [], ...rows] = rest
    .join("\n\n")
    .split("\n")
    .map((line) => line.split("\t"));
  const [, count = String(rows.length)] = /^((?:more than )?\d+) rows?\b/u.exec(remarks) ?? [];
  const [, from, to] = /\bfrom (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)/u.exec(remarks) ?? [];
  return {
    ...{ columns, rows, count, isWhole: !/\bare below\b/u.test(remarks) },
    period: from !== undefined && to !== undefined ? { from, to } : undefined,
  };
}

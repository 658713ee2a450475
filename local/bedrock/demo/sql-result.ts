/** The rows of a query's result, as far as the model reads them. */
export interface Rows {
  columns: string[];
  rows: string[][];
  /** False if the text does not hold all rows. */
  isWhole: boolean;
}

/** Reads what `sql_query` returns: remarks, a blank line, then the names of the columns and one row a line, with tabs. */
export function readRows(text: string): Rows {
  const [remarks = "", ...rest] = text.split("\n\n");
  const [columns = [], ...rows] = rest
    .join("\n\n")
    .split("\n")
    .map((line) => line.split("\t"));
  return { columns, rows, isWhole: !/\bare below\b/u.test(remarks) };
}

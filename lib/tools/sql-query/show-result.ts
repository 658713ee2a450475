import type { StatementResult } from "./run-statement.ts";
import type { SqlSchema } from "./schema.ts";

/** The gate cuts what the model reads at 8 KB; cut here, at the end of a row, with a note that says so. */
const maxRowBytes = 6 * 1024;
const maxValueUnits = 300;
const maxNamesBytes = 1_024;

/** Returns the text for the model: how many rows, which columns, where they are from, and the first rows as TSV. */
export function showResult(
  { columns, table, isCounted }: StatementResult,
  { name, comment }: SqlSchema,
): string {
  const { rows, total_rows: total } = table;
  const lines: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const line = row.map(showValue).join("\t");
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > maxRowBytes) break;
    lines.push(line);
  }
  const count = isCounted ? String(total) : `more than ${rows.length}`;
  const notes = [
    `${count} ${total === 1 && isCounted ? "row" : "rows"} from the schema ${name}${comment ? ` (${comment.replace(/\.$/, "")})` : ""}.`,
    ...(lines.length < total || !isCounted
      ? [
          `The first ${lines.length} are below; the person sees ${rows.length}. Aggregate or narrow the query to see all.`,
        ]
      : []),
  ];
  if (rows.length > 0 && lines.length === 0) {
    notes.push("The first row is too long to show. Select fewer columns, or left(column, 100).");
  }
  const types = cutList(columns.map((column) => `${column.name} ${column.typeName}`).join(", "));
  const header = cutList(columns.map((column) => oneLine(column.name)).join("\t"));
  return [notes.join(" "), `Columns: ${types}`, "", header, ...lines].join("\n");
}

const cutList = (text: string): string =>
  Buffer.byteLength(text) <= maxNamesBytes
    ? text
    : `${text.slice(0, maxNamesBytes / 4).toWellFormed()}…`;

function showValue(value: string | number | boolean | null): string {
  if (value === null) return "NULL";
  const text = oneLine(String(value));
  return text.length <= maxValueUnits ? text : `${text.slice(0, maxValueUnits).toWellFormed()}…`;
}

const oneLine = (text: string): string =>
  text.replace(/[\t\n\r\\]/g, (found) => escapes[found] ?? found);
const escapes: Record<string, string> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\" };

import type { Table } from "#lib/contract/table.ts";
import type { QuerySession } from "./query-session.ts";
import { columnsOfResult, type ResultColumn } from "./result-columns.ts";

export interface StatementResult {
  columns: readonly ResultColumn[];
  table: Table;
  /** False if counting the rows that were not read took too long: then there are at least `table.total_rows`. */
  isCounted: boolean;
}

const maxRows = 500;
const maxTableBytes = 48 * 1024;
/** A batch is held in memory, and a character has at most four bytes. */
const maxBatchBytes = 8 * 1024 * 1024;
const countTimeoutMs = 2_000;

/** The query stands inside one of ours, so PostgreSQL accepts one SELECT that changes nothing, and nothing else. */
export const statementPrefix = "select * from (\n";

/**
 * Runs a SELECT in the session's transaction and reads at most 500 rows and 48 KB. The first statement only finds the
 * columns. The second is a cursor that cuts each value in the database, so that a value of 1 GB never leaves it, and from
 * which the rows come in batches.
 */
export async function runStatement(session: QuerySession, sql: string): Promise<StatementResult> {
  const { fields } = await session.query(`${statementPrefix}${sql}\n) as result limit 0`);
  const columns = await columnsOfResult(fields, session);
  const maxCharacters = Math.min(Math.max(Math.floor(maxTableBytes / columns.length), 32), 4_000);
  const names = columns.map((_, index) => `c${index + 1}`);
  const texts = columns.map(
    ({ asText }, index) => `left(${asText(`c${index + 1}`)}, ${maxCharacters + 1})`,
  );
  const alias = names.length > 0 ? `result (${names.join(", ")})` : "result";
  await session.query(
    `declare result no scroll cursor for select ${texts.join(", ")} from (\n${sql}\n) as ${alias}`,
  );
  const batch = Math.min(
    Math.max(Math.floor(maxBatchBytes / (maxCharacters * 4 * (columns.length || 1))), 1),
    maxRows,
  );

  const rows: Table["rows"] = [];
  let bytes = 0;
  let fetchedRows = 0;
  let hasRoom = true;
  let hasMore = true;
  while (hasRoom && hasMore) {
    const fetched = await session.query(`fetch forward ${batch} from result`);
    fetchedRows += fetched.rows.length;
    hasMore = fetched.rows.length === batch;
    for (const texts of fetched.rows) {
      const row = texts.map((text, index) => readValue(columns[index], text, maxCharacters));
      bytes += Buffer.byteLength(JSON.stringify(row));
      // The first row is always shown: with 1,664 columns it may be larger.
      hasRoom = rows.length < maxRows && (bytes <= maxTableBytes || rows.length === 0);
      if (!hasRoom) break;
      rows.push(row);
    }
  }
  const rest = hasMore ? await countRest(session) : 0;
  const total = fetchedRows + (rest ?? 0);
  return {
    columns,
    isCounted: rest !== undefined,
    table: {
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows,
      total_rows: total,
      is_cut: total > rows.length || rest === undefined,
    },
  };
}

function readValue(column: ResultColumn | undefined, text: string | null, maxCharacters: number) {
  if (text === null || !column) return null;
  // Characters count as PostgreSQL counts them. Nothing is read of a value that was cut, like a number.
  if (text.length <= maxCharacters) return column.read(text);
  const characters = [...text];
  return characters.length <= maxCharacters
    ? column.read(text)
    : `${characters.slice(0, maxCharacters).join("")}…`;
}

/** Returns how many rows the cursor has left, or undefined if PostgreSQL takes too long. Ends the transaction then. */
async function countRest(session: QuerySession): Promise<number | undefined> {
  await session.query(`set local statement_timeout = ${countTimeoutMs}`);
  try {
    return (await session.query("move forward all from result")).rowCount;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "57014") return undefined;
    throw error;
  }
}

import { parse, SqlError } from "libpg-query";
import type { SqlSchema } from "#lib/tools/sql-query/schema.ts";
import { checkParts } from "./check-parts.ts";
import { refuse } from "./refuse.ts";
import { resolveNames } from "./resolve-names.ts";
import { bodyOf, nodeOf, type Tree } from "./tree.ts";

const maxBytes = 8 * 1024;

/**
 * The first wall: reads a query with PostgreSQL's own grammar and refuses everything that is not known to be harmless. The
 * second wall, the role and its transaction, does not rely on it.
 * @returns the one statement, without what follows it
 * @throws ToolRefusal with a sentence that says what is wrong and what to write instead
 */
export async function checkQuery(sql: string, schema: SqlSchema): Promise<string> {
  // The grammar would read the text only as far as a NUL, and replace half a character.
  if (sql.includes("\0") || !sql.isWellFormed()) {
    refuse("The query holds a character that PostgreSQL cannot read.");
  }
  if (Buffer.byteLength(sql) > maxBytes) {
    refuse(`The query is longer than ${maxBytes / 1024} KB.`);
  }
  if (sql.trim() === "") refuse("The query is empty.");
  const { select, text } = await parseSelect(sql);
  checkParts({ SelectStmt: select }, typesOf(schema));
  resolveNames(select, schema);
  return text;
}

async function parseSelect(sql: string): Promise<{ select: Tree; text: string }> {
  const { stmts = [] } = await parseText(sql);
  if (stmts.length === 0) refuse("The query is empty: it holds comments only.");
  if (stmts.length > 1) refuse("There must be exactly one statement, and here are several.");
  const statement: unknown = stmts[0]?.stmt;
  const select = bodyOf(statement, "SelectStmt");
  // The length counts bytes and leaves the semicolon out. It is missing if there is none.
  if (select) {
    const length = stmts[0]?.stmt_len ?? 0;
    const text =
      length > 0
        ? Buffer.from(sql)
            .subarray(0, (stmts[0]?.stmt_location ?? 0) + length)
            .toString()
        : sql;
    return { select, text };
  }
  const words = nodeOf(statement)
    ?.name.replace(/Stmt$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  return refuse(
    `Only SELECT is possible, with or without WITH. This is another statement: ${words ?? "unknown"}.`,
  );
}

async function parseText(sql: string) {
  try {
    return await parse(sql);
  } catch (error) {
    if (error instanceof RangeError) {
      return refuse("The query is nested too deeply. Split it into simpler parts.");
    }
    if (!(error instanceof SqlError)) throw error;
    // The parser counts characters from 0, and PostgreSQL from 1.
    const position = (error.sqlDetails?.cursorPosition ?? -1) + 1;
    return refuse(`The SQL is not valid: ${error.message}${placeOf(sql, position)}.`);
  }
}

/** Returns where the fault is, for the end of a sentence. PostgreSQL counts characters from 1, not UTF-16 units. */
export function placeOf(sql: string, position: number): string {
  if (position < 1) return "";
  const characters = [...sql];
  const line = characters.slice(0, position - 1).filter((character) => character === "\n").length;
  const rest = characters.slice(position - 1, position + 39).join("");
  const here = rest.split("\n", 1)[0] ?? "";
  return here.trim() === ""
    ? `, at the end of line ${line + 1}`
    : `, in line ${line + 1} at \`${here}\``;
}

/** Types of columns that are the deployment's own, without their arguments: `sales.region` and `region`. */
function typesOf({ views }: SqlSchema): ReadonlySet<string> {
  return new Set(
    views.flatMap(({ columns }) =>
      columns.flatMap(({ type }) => {
        const name = type.replace(/\(.*\)|\[\]/g, "").replaceAll('"', "");
        return /^reg/.test(name) ? [] : [name.split(".").at(-1) ?? name];
      }),
    ),
  );
}

import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type ToolOutput, ToolRefusal } from "#lib/tools/tool.ts";
import { checkQuery, placeOf } from "./guard/check-query.ts";
import { type AnalyticsAddress, openQuerySession, statementTimeoutMs } from "./query-session.ts";
import { runStatement, statementPrefix } from "./run-statement.ts";
import type { SqlSchema } from "./schema.ts";
import { showResult } from "./show-result.ts";

export interface AnswerParts {
  schema: SqlSchema;
  address: () => Promise<AnalyticsAddress>;
  telemetry: Telemetry;
}

/** All statements of a query together; opening the connection included. */
const wholeTimeoutMs = 12_000;

/**
 * Checks a query, runs it, and shows its rows.
 * @throws ToolRefusal with a sentence for the model if the query is not allowed, fails or takes too long, or if the
 * database cannot be reached
 */
export async function answerQuery(
  sql: string,
  { schema, address, telemetry }: AnswerParts,
  signal: AbortSignal,
): Promise<ToolOutput> {
  const statement = await checkQuery(sql, schema);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new TooLate()), wholeTimeoutMs);
  try {
    const ended = AbortSignal.any([signal, late.signal]);
    const session = await openQuerySession(await address(), ended);
    try {
      const result = await runStatement(session, statement);
      return { text: showResult(result, schema), table: result.table };
    } finally {
      session.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw refusalOf(error, statement, telemetry);
  } finally {
    clearTimeout(timer);
  }
}

class TooLate extends Error {}

const tooSlow = `The query took longer than ${statementTimeoutMs / 1_000} seconds and was stopped. Make it simpler: aggregate less, or filter by date first.`;

function refusalOf(error: unknown, sql: string, telemetry: Telemetry): unknown {
  if (error instanceof ToolRefusal) return error;
  if (error instanceof TooLate) return new ToolRefusal(tooSlow);
  const { code, message, hint, position } = Object(error) as Record<string, unknown>;
  const isOfPostgres = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
  if (isOfPostgres && code === "57014") return new ToolRefusal(tooSlow);
  // Syntax and names, data, sizes: faults of the query. Other classes are faults of the server or the connection.
  if (isOfPostgres && /^(0A|21|22|2F|42|54)/.test(code) && code !== "42501") {
    return new ToolRefusal(
      `PostgreSQL refused the query: ${foreign(message)}${placeInQuery(sql, position)}.${hint ? ` Hint: ${foreign(hint)}` : ""}`,
    );
  }
  if (code === "42501") {
    return new ToolRefusal(`The database does not permit the query: ${foreign(message)}.`);
  }
  telemetry.error("sql_query.failed", error);
  return new ToolRefusal("The analytics database cannot be reached now. Nothing was read.");
}

/** PostgreSQL counts the characters of our whole statement, of which the query is a part. */
function placeInQuery(sql: string, position: unknown): string {
  const place = Number(position) - statementPrefix.length;
  return place >= 1 && place <= [...sql].length ? placeOf(sql, place) : "";
}

const foreign = (text: unknown): string => String(text).slice(0, 200).toWellFormed();

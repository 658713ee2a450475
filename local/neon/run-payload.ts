import type { IncomingHttpHeaders } from "node:http";
import type { ClientBase } from "pg";
import { toParameterText } from "./parameter-text.ts";
import type { Batch, Query } from "./payload.ts";
import { Refusal } from "./refusal.ts";

/** Runs one query, or a batch as one transaction. Returns the body of Neon's response. */
export async function runPayload(
  client: ClientBase,
  payload: Query | Batch,
  headers: IncomingHttpHeaders,
): Promise<object> {
  if (!("queries" in payload)) return run(client, payload);
  await client.query(beginStatement(headers));
  try {
    const results: object[] = [];
    for (const query of payload.queries) results.push(await run(client, query));
    await client.query("commit");
    return { results };
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

async function run(client: ClientBase, { query, params }: Query): Promise<object> {
  const statement = {
    text: query,
    values: params.map(toParameterText),
    rowMode: "array" as const,
    // Sends values as PostgreSQL's text. The driver on the other side parses them.
    types: { getTypeParser: () => (text: string) => text },
    // Neon always uses the extended protocol, which refuses two statements in one query.
    queryMode: "extended",
  };
  const { fields, rows, command, rowCount } = await client.query(statement);
  return { fields, rows, command, rowCount, rowAsArray: true };
}

const isolationLevels: Record<string, string> = {
  ReadUncommitted: "read uncommitted",
  ReadCommitted: "read committed",
  RepeatableRead: "repeatable read",
  Serializable: "serializable",
};

function beginStatement(headers: IncomingHttpHeaders): string {
  const words = ["begin"];
  const level = headers["neon-batch-isolation-level"];
  if (level !== undefined) {
    const isolation = isolationLevels[String(level)];
    if (isolation === undefined) throw new Refusal(400, "invalid isolation level");
    words.push("isolation level", isolation);
  }
  if (headers["neon-batch-read-only"] === "true") words.push("read only");
  if (headers["neon-batch-deferrable"] === "true") words.push("deferrable");
  return words.join(" ");
}

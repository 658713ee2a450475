import pg from "pg";

/** An answer other than 200. Neon's driver reads `message` and the error's fields of a 400, and only the text of others. */
export class Refusal extends Error {
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(status: number, message: string, fields: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/** What Neon answers when `error` came from a statement (400, with PostgreSQL's fields) or from a lost connection (500). */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof pg.DatabaseError) return new Refusal(400, error.message, fieldsOf(error));
  return new Refusal(500, "The connection to the database was lost.");
}

/** What Neon answers when no connection could be made: its proxy checks passwords itself and gives no code for one that is wrong. */
export function connectionRefusal(error: unknown, user: string): Refusal {
  if (!(error instanceof pg.DatabaseError))
    return new Refusal(500, "Could not connect to the database.");
  if (error.code === "28P01")
    return new Refusal(400, `password authentication failed for user '${user}'`);
  return new Refusal(400, error.message, fieldsOf(error));
}

function fieldsOf(error: pg.DatabaseError): Record<string, unknown> {
  const { code, detail, hint, position, internalPosition, internalQuery, severity, where } = error;
  const { table, column, schema, dataType, constraint, file, line, routine } = error;
  return {
    ...{ code, detail, hint, position, internalPosition, internalQuery, severity, where },
    ...{ table, column, schema, dataType, constraint, file, line, routine },
  };
}

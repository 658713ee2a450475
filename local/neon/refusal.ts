import pg from "pg";

/** A response other than 200. Neon's driver reads `message` and the error's fields of a 400, and only the text of others. */
export class Refusal extends Error {
  readonly status: number;
  readonly fields: Record<string, unknown>;

  /** @param fields PostgreSQL's error fields. Default: the empty fields of the proxy's own refusals. */
  constructor(status: number, message: string, fields: Record<string, unknown> = ownFields) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/** The proxy's own refusals have all fields of an error, all empty. */
const ownFields = {
  ...{ code: "", detail: null, hint: null, position: null, internalPosition: null },
  ...{ internalQuery: null, severity: "", where: null, table: null, column: null, schema: null },
  ...{ dataType: null, constraint: null, file: null, line: null, routine: null },
};

/** Returns Neon's response to an error of a statement, or to a lost connection. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof pg.DatabaseError) return new Refusal(400, error.message, fieldsOf(error));
  return new Refusal(400, "connection closed");
}

/**
 * Returns Neon's response when it cannot connect. Neon's proxy checks passwords itself. PostgreSQL's other refusals are
 * a 500, whose code the driver does not read.
 */
export function connectionRefusal(error: unknown, user: string): Refusal {
  if (!(error instanceof pg.DatabaseError)) return new Refusal(500, "error connecting to server");
  if (error.code === "28P01")
    return new Refusal(400, `password authentication failed for user '${user}'`);
  return new Refusal(500, error.message, fieldsOf(error));
}

/** Refusals that only Neon itself sends, for `fault` in tests. Their sources are in the README.md of this folder. */
export const neonRefusals = {
  wrong_password: new Refusal(400, "password authentication failed for user 'agentic_chat_app'"),
  address_not_allowed: new Refusal(
    400,
    "This IP address 203.0.113.7 is not allowed to connect to this endpoint. Please add it to the allowed list in the Neon console. Make sure to check for IPv4 or IPv6 addresses.",
  ),
  blocked_network: new Refusal(
    400,
    "This connection is trying to access this endpoint from a blocked network.",
  ),
  endpoint_disabled: new Refusal(500, "Control plane request failed: endpoint is disabled"),
  endpoint_disabled_in_words: new Refusal(
    400,
    "The endpoint has been disabled. Enable it using the API and retry.",
  ),
  endpoint_missing: new Refusal(400, "Control plane request failed: endpoint cannot be found"),
  compute_quota: new Refusal(
    402,
    "Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.",
    {},
  ),
  transfer_quota: new Refusal(
    402,
    "Your project has exceeded the data transfer quota. Upgrade your plan to increase limits.",
    {},
  ),
  quota_or_maintenance: new Refusal(
    500,
    "Control plane request failed: endpoint is temporarily unavailable. Check your quotas and/or contact our support.",
  ),
  control_plane: new Refusal(500, "Control plane request failed"),
  too_many_connections: new Refusal(
    500,
    "Too many connections to this endpoint. Please try again later.",
  ),
  too_many_attempts: new Refusal(
    500,
    "Failed to acquire permit to connect to the database. Too many database connection attempts are currently ongoing.",
  ),
  connection_lost: new Refusal(400, "connection closed"),
  project_full: new Refusal(
    400,
    "could not extend file because project size limit (512 MB) has been exceeded",
    {
      ...ownFields,
      code: "53100",
      severity: "ERROR",
      hint: "This limit is defined externally by the project size limit, and internally by neon.max_cluster_size GUC",
    },
  ),
} satisfies Record<string, Refusal>;

function fieldsOf(error: pg.DatabaseError): Record<string, unknown> {
  const { code, detail, hint, position, internalPosition, internalQuery, severity, where } = error;
  const { table, column, schema, dataType, constraint, file, line, routine } = error;
  return {
    ...{ code, detail, hint, position, internalPosition, internalQuery, severity, where },
    ...{ table, column, schema, dataType, constraint, file, line, routine },
  };
}

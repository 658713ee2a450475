import { HttpProblem } from "#lib/platform/http/http-problem.ts";

/** Reasons that pass without an operator. */
type PassingReason = "unavailable" | "timeout" | "shutting_down" | "too_many_connections";

/** Reasons that last until an operator acts. docs/operations.md lists what to do about each. */
const operatorReasons = [
  "access_denied",
  "not_found",
  "not_migrated",
  "full",
  "quota_exceeded",
  "read_only",
] as const;

/** Why the database is unavailable. The log, the metric and `/health` name the reason. */
export type UnavailableReason = PassingReason | (typeof operatorReasons)[number];

/** The database refused the request or sent no response in time. The statements may have taken effect all the same. */
export class DatabaseUnavailable extends HttpProblem {
  override readonly name = "DatabaseUnavailable";
  readonly reason: UnavailableReason;
  /** Whether the database stays unavailable until an operator acts. */
  readonly needsOperator: boolean;

  constructor(cause?: unknown, reason: UnavailableReason = "unavailable") {
    const needsOperator = operatorReasons.some((one) => one === reason);
    super(
      "service_unavailable",
      503,
      needsOperator
        ? "The service is unavailable until its operator repairs it. Try again later."
        : "The service is unavailable. Try again in a few seconds.",
      { retryAfterSeconds: needsOperator ? 60 : 5, cause },
    );
    this.reason = reason;
    this.needsOperator = needsOperator;
  }
}

/** PostgreSQL refused our statement. `code` is the SQLSTATE. */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly code: string;

  /** Drops the driver's error, because its detail may quote a whole row. */
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

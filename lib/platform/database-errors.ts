import { HttpProblem } from "#lib/platform/http/http-problem.ts";

/** Reasons that go away by themselves. */
type PassingReason = "unavailable" | "timeout" | "shutting_down" | "too_many_connections";

/** Reasons that last until an operator acts; docs/operations.md says how. */
const operatorReasons = [
  "access_denied",
  "not_found",
  "not_migrated",
  "full",
  "quota_exceeded",
  "read_only",
] as const;

/** Why the database does not serve: the log, the metric and `/health` name it. */
export type UnavailableReason = PassingReason | (typeof operatorReasons)[number];

/** The database does not serve, or did not answer in time. After a lost reply the statements may have taken effect. */
export class DatabaseUnavailable extends HttpProblem {
  override readonly name = "DatabaseUnavailable";
  readonly reason: UnavailableReason;
  /** Whether it lasts until an operator acts. */
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

/** A statement of ours is at fault. `code` is the SQLSTATE. */
export class SqlError extends Error {
  override readonly name = "SqlError";
  readonly code: string;

  /** The driver's error is not kept as the cause: its detail may quote a whole row. */
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

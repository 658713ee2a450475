import { DatabaseUnavailable, SqlError, type UnavailableReason } from "./database-errors.ts";
import type { NeonRefusal } from "./neon-request.ts";

/**
 * Returns the error that Neon's refusal means: SqlError for a fault of our statement, else DatabaseUnavailable with the
 * reason. An unknown refusal counts as unavailable. local/neon/README.md lists Neon's refusals with their sources.
 */
export function classifyRefusal(refusal: NeonRefusal): DatabaseUnavailable | SqlError {
  const { status, code, message } = refusal;
  if (tooLarge.includes(status)) return new SqlError(message, programLimitExceeded);
  const reason = reasonsByCode[code];
  // Neon gives a statement's error the status 400, and the error of a connection 500.
  if (!reason && status === 400 && faultsOfStatements.includes(sqlStateClass(code))) {
    return new SqlError(message, code);
  }
  return new DatabaseUnavailable(
    refusal,
    reason ?? reasonsByStatus[status] ?? reasonFromSentence(message) ?? "unavailable",
  );
}

/** Statuses for a request or a response of more than 10 MiB. */
const tooLarge = [413, 507];
const programLimitExceeded = "54000";

/**
 * Classes of SQLSTATE: feature not supported, cardinality, data, integrity constraint, transaction state, SQL routine,
 * syntax or access rule, check option, program limit, PL/pgSQL, and TL, which `assert_fence` raises.
 */
const faultsOfStatements = ["0A", "21", "22", "23", "25", "2F", "42", "44", "54", "P0", "TL"];

/** These codes win over their classes. Our statements are tested, so a missing table means a missing migration. */
const reasonsByCode: Partial<Record<string, UnavailableReason>> = {
  "25006": "read_only", // after a failover, or on a replica
  "25P03": "timeout",
  "25P04": "timeout",
  "28000": "access_denied",
  "28P01": "access_denied",
  "3D000": "not_found",
  "3F000": "not_migrated",
  "42501": "access_denied", // no grant for the role
  "42703": "not_migrated", // column
  "42704": "not_migrated", // type
  "42883": "not_migrated", // function
  "42P01": "not_migrated", // table
  "42P10": "not_migrated", // unique index of ON CONFLICT
  "53100": "full",
  "53300": "too_many_connections",
  "57014": "timeout",
  "57P01": "shutting_down",
  "57P02": "shutting_down",
  "57P03": "shutting_down",
  "57P04": "not_found",
};

const reasonsByStatus: Partial<Record<number, UnavailableReason>> = {
  401: "access_denied",
  402: "quota_exceeded",
  403: "access_denied",
  404: "not_found",
  408: "timeout",
  429: "too_many_connections",
  504: "timeout",
};

/**
 * Refusals by Neon itself carry no code, so only their sentences name the reason. Without a match the error is the same
 * `DatabaseUnavailable` with the reason "unavailable": the client retries after 5 s, and no operator is alarmed.
 */
const sentences: readonly (readonly [RegExp, UnavailableReason])[] = [
  [/project size limit/i, "full"],
  [/quota|exceeded the limit of .*endpoints/i, "quota_exceeded"],
  [/too many .*connection|no more connections allowed/i, "too_many_connections"],
  [/(endpoint|project|branch|database) .*\b(not (be )?found|cannot be found)/i, "not_found"],
  [
    /authentication failed|not authenticated|not allowed to connect|blocked network|endpoint (is|has been) disabled|endpoint ID is not specified|protected role|missing (username|authentication)|invalid (connection string|hostname)/i,
    "access_denied",
  ],
  [/timed? ?out|timeout/i, "timeout"],
];

function reasonFromSentence(message: string): UnavailableReason | undefined {
  return sentences.find(([pattern]) => pattern.test(message))?.[1];
}

const sqlStateClass = (code: string) => (/^[0-9A-Z]{5}$/.test(code) ? code.slice(0, 2) : "");

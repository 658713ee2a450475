/** The form of an error in a log line. */
interface ErrorDescription {
  name: string;
  message: string;
  stack?: string | undefined;
  cause?: unknown;
  errors?: unknown[];
  [attribute: string]: unknown;
}

const maxDepth = 5;
/** Of an AggregateError. A fetch that tries several addresses of a host fails with one error for each. */
const maxParts = 10;

/** Returns an error with its causes and the errors of an AggregateError. JSON.stringify would drop both. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  // A chain of causes may be circular.
  if (depth >= maxDepth) return { name: error.name, message: error.message };
  return {
    ...attributesOf(error),
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, maxParts).map((part) => describeError(part, depth + 1)),
    }),
  };
}

/** An address that cannot be read stands in its error, and may have a password. */
function attributesOf(error: Error): object {
  if (!("code" in error) || error.code !== "ERR_INVALID_URL") return error;
  return { ...error, input: undefined, base: undefined };
}

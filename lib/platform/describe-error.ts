/** An error as a log line holds it. */
interface ErrorDescription {
  name: string;
  message: string;
  stack?: string | undefined;
  cause?: unknown;
  errors?: unknown[];
  [attribute: string]: unknown;
}

const maxDepth = 5;
/** Of an AggregateError. A fetch that tries every address of a host has one for each. */
const maxParts = 10;

/** An error with its causes and, of an AggregateError, its parts, which are not enumerable: JSON would lose them. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  // A chain of causes may lead back to its beginning.
  if (depth >= maxDepth) return { name: error.name, message: error.message };
  return {
    ...error,
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.slice(0, maxParts).map((part) => describeError(part, depth + 1)),
    }),
  };
}

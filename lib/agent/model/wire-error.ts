/**
 * A model call failed outside of this code: Bedrock answered with an error, the way to it broke, or there were no
 * credentials. The client throws nothing else for these, so that every other error is a mistake of ours.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  /** The name Bedrock gives the error; without an answer of Bedrock's, the name of the client's own error. */
  readonly errorName: string;
  /** The HTTP status, if there was a response. Errors inside a stream have none of their own. */
  readonly status: number | undefined;
  /** The header `Retry-After` as it came. */
  readonly retryAfter: string | undefined;

  constructor(
    message: string,
    options: {
      errorName: string;
      status?: number | undefined;
      retryAfter?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.errorName = options.errorName;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
  }
}

/** The error that stands for a call whose credentials cannot be had. */
export const credentialsErrorName = "CredentialsProviderError";

/**
 * Any error of the exchange with Bedrock as a WireError.
 *
 * AWS SDK 3.1164.0 does not read a body that is no JSON: a 503 with an HTML page becomes a SyntaxError. It keeps the
 * response beside every error, hidden in `$response`.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  const { $response, $metadata, name } = error as SdkError;
  const status = $response?.statusCode ?? $metadata?.httpStatusCode;
  // A response that began well and broke later has no status that could explain the error.
  const isFailure = status !== undefined && status >= 300;
  return new WireError(error instanceof Error ? error.message : String(error), {
    errorName: name ?? "Error",
    status: isFailure ? status : undefined,
    retryAfter: $response?.headers?.["retry-after"],
    cause: error,
  });
}

interface SdkError {
  name?: string;
  $response?: { statusCode?: number; headers?: Record<string, string> };
  $metadata?: { httpStatusCode?: number };
}

/**
 * A model call failed outside of our code: Bedrock returned an error, the connection broke, or credentials are missing.
 * The client throws no other error for these, so every other error is a bug of ours.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  /** Bedrock's name of the error, or the client's name if there was no response. */
  readonly errorName: string;
  /** The HTTP status, if there was a response. An error inside a stream has no status. */
  readonly status: number | undefined;
  /** The raw header `Retry-After`. */
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

/** The `errorName` of a call whose credentials are missing or unusable. */
export const credentialsErrorName = "CredentialsProviderError";

/**
 * Returns an error of the exchange with Bedrock as a WireError. AWS SDK 3.1164.0 fails to parse a body that is not JSON:
 * a 503 with an HTML page becomes a SyntaxError. The SDK keeps the response of every error in `$response`.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof WireError) return error;
  const { $response, $metadata, name } = error as SdkError;
  const status = $response?.statusCode ?? $metadata?.httpStatusCode;
  // The status of a response that broke after a good start does not explain the error.
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

/**
 * A model call failed outside of our code: Bedrock returned an error, the connection broke, or credentials are missing.
 * The client throws no other error for these, so every other error is a bug of ours.
 */
export class WireError extends Error {
  override readonly name = "WireError";
  /** Bedrock's name of the error, or the code of a failed connection. */
  readonly errorName: string;
  /** The HTTP status, if there was a response. An error inside a stream has no status. */
  readonly status: number | undefined;
  /** The raw header `Retry-After`. */
  readonly retryAfter: string | undefined;
  /** False if the error came before the connection was open: Bedrock cannot know of the request. */
  readonly wasSent: boolean;

  constructor(
    message: string,
    options: {
      errorName: string;
      status?: number | undefined;
      retryAfter?: string | undefined;
      /** True by default. */
      wasSent?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.errorName = options.errorName;
    this.status = options.status;
    this.retryAfter = options.retryAfter;
    this.wasSent = options.wasSent ?? true;
  }
}

/** Bedrock bills nothing for a request that it refuses or never gets. */
export const isUnbilled = (error: unknown): boolean =>
  error instanceof WireError && (error.status !== undefined || !error.wasSent);

/** The `errorName` of a call whose credentials are missing or unusable. */
export const credentialsErrorName = "CredentialsProviderError";

/** Returns an error of the connection to Bedrock as a WireError. */
export function toWireError(error: unknown, { wasSent = true } = {}): WireError {
  if (error instanceof WireError) return error;
  const { code, name, message } = error as NodeJS.ErrnoException;
  return new WireError(message, { errorName: code ?? name, wasSent, cause: error });
}

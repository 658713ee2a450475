/** HTTP statuses of errors, from the reference of Amazon Bedrock's runtime. */
const statuses: Record<string, number> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  InternalServerException: 500,
  MissingAuthenticationTokenException: 403,
  ModelErrorException: 424,
  ModelNotReadyException: 429,
  ModelStreamErrorException: 424,
  ModelTimeoutException: 408,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
  ValidationException: 400,
};

/** The name of an error: `ThrottlingException` in a header, `throttlingException` in a stream. */
export type ErrorType =
  | "AccessDeniedException"
  | "ExpiredTokenException"
  | "InternalServerException"
  | "MissingAuthenticationTokenException"
  | "ModelErrorException"
  | "ModelNotReadyException"
  | "ModelTimeoutException"
  | "ResourceNotFoundException"
  | "ServiceQuotaExceededException"
  | "ServiceUnavailableException"
  | "ThrottlingException"
  | "UnknownOperationException"
  | "UnrecognizedClientException"
  | "ValidationException"
  | "internalServerException"
  | "modelStreamErrorException"
  | "serviceUnavailableException"
  | "throttlingException"
  | "validationException";

/**
 * An error of Bedrock. Before the first byte Bedrock sends a status and a header, afterwards an exception frame. Both
 * spellings may be thrown: a frame has the type unchanged, a header has it with a capital.
 */
export class BedrockError extends Error {
  readonly type: ErrorType;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    type: ErrorType,
    message: string,
    options: { retryAfterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = type;
    this.type = type;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Value of the header `x-amzn-errortype`. */
  get headerType(): string {
    return this.type.charAt(0).toUpperCase() + this.type.slice(1);
  }

  get status(): number {
    return statuses[this.headerType] ?? 500;
  }
}

/** Refuses a request as invalid: status 400. */
export function refuseRequest(message: string): never {
  throw new BedrockError("ValidationException", message);
}

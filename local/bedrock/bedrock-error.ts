/** HTTP statuses of the errors that Amazon Bedrock's runtime documents. */
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

/** The name Bedrock gives an error: `ThrottlingException` in a header, `throttlingException` in a stream. */
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
 * An error as Bedrock tells it: before the answer began a status and a header, after that an exception
 * frame. Either spelling may be thrown; a frame carries it as it is, a header with a capital.
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

  /** What `x-amzn-errortype` says. */
  get headerType(): string {
    return this.type.charAt(0).toUpperCase() + this.type.slice(1);
  }

  get status(): number {
    return statuses[this.headerType] ?? 500;
  }
}

/** The model could not be brought to answer. The cause is for the log. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  /** `model_busy`: throttled or unavailable, another try in a while may work. */
  readonly type: "model_busy" | "model_failed";
  readonly retryable: boolean;

  constructor(
    type: "model_busy" | "model_failed",
    options: { retryable: boolean; cause: unknown },
  ) {
    super(type === "model_busy" ? "The model is busy." : "The model could not answer.", {
      cause: options.cause,
    });
    this.type = type;
    this.retryable = options.retryable;
  }
}

/** Bedrock will not take what it was sent: a message, or what came before it. */
export function isInvalidRequest(error: unknown): boolean {
  if (!(error instanceof ModelFailure) || !(error.cause instanceof Error)) return false;
  return error.cause.name.toLowerCase() === "validationexception";
}

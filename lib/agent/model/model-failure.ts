/**
 * - `busy`: the model is throttled or overloaded
 * - `silent`: the model sent nothing for too long
 * - `broken`: the answer or the connection broke, or the error is unknown
 * - `too_long`: the model ran out of output tokens
 * - `refused`: the request is invalid for this model
 * - `unavailable`: access, quota, credentials or the model itself are missing, and an operator must act
 */
export type FailureKind = "busy" | "silent" | "broken" | "too_long" | "refused" | "unavailable";

type FailureType = "model_busy" | "model_failed" | "model_unavailable";

const typeOf: Record<FailureKind, FailureType> = {
  busy: "model_busy",
  silent: "model_failed",
  broken: "model_failed",
  too_long: "model_failed",
  refused: "model_failed",
  unavailable: "model_unavailable",
};

const retryableKinds = new Set<FailureKind>(["busy", "silent", "broken"]);

/** Every attempt of a model call failed. The cause is for the log. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly kind: FailureKind;
  /** At least one model called the request invalid. */
  readonly wasRefused: boolean;

  constructor(kind: FailureKind, options: { cause: unknown; wasRefused?: boolean }) {
    super(kind === "busy" ? "The model is busy." : "The model could not answer.", {
      cause: options.cause,
    });
    this.kind = kind;
    this.wasRefused = options.wasRefused ?? kind === "refused";
  }

  /** The type of the problem that the client receives. */
  get type(): FailureType {
    return typeOf[this.kind];
  }

  /** Whether the same message may succeed later. */
  get retryable(): boolean {
    return retryableKinds.has(this.kind);
  }
}

/** Returns whether the model refused the request: the message, or an earlier part of the history. */
export function isInvalidRequest(error: unknown): boolean {
  return error instanceof ModelFailure && error.wasRefused;
}

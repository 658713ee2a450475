import type { FaultKind } from "./model-fault.ts";

type FailureType = "model_busy" | "model_failed" | "model_unavailable";

const typeOf: Record<FaultKind, FailureType> = {
  busy: "model_busy",
  silent: "model_failed",
  broken: "model_failed",
  too_long: "model_failed",
  refused: "model_failed",
  unavailable: "model_unavailable",
};

const mayPass = new Set<FaultKind>(["busy", "silent", "broken"]);

/** The model could not be brought to answer. The cause is for the log. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly kind: FaultKind;
  /** A model called the request invalid, whatever else happened. */
  readonly wasRefused: boolean;

  constructor(kind: FaultKind, options: { cause: unknown; wasRefused?: boolean }) {
    super(kind === "busy" ? "The model is busy." : "The model could not answer.", {
      cause: options.cause,
    });
    this.kind = kind;
    this.wasRefused = options.wasRefused ?? kind === "refused";
  }

  /** The type of the problem that a client is sent. */
  get type(): FailureType {
    return typeOf[this.kind];
  }

  /** Whether the same message may be answered in a while. */
  get retryable(): boolean {
    return mayPass.has(this.kind);
  }
}

/** Bedrock will not take what it was sent: a message, or what came before it. */
export function isInvalidRequest(error: unknown): boolean {
  return error instanceof ModelFailure && error.wasRefused;
}

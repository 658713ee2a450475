import {
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from "@modelcontextprotocol/client";

/** Why a server gave no result. Each is the middle of a sentence that begins with the server's name. */
const sentences = {
  unreachable: "could not be reached",
  timeout: "did not answer in time",
  access_denied: "refuses this system's key",
  throttled: "gets too many requests",
  unavailable: "is not available",
  redirected: "redirects to another address, and no redirect is followed",
  too_large: "answers with more than 2 MB",
  broken_off: "broke off without a result",
  invalid: "sent something that is no answer of MCP",
  needs_input: "wants an input from a person in the middle of the call, which is not possible here",
  refused: "refused the request",
} as const;
export type McpFailureReason = keyof typeof sentences;

interface Details {
  /** The server may have begun to act before it failed. */
  mayHaveActed: boolean;
  /** The server's own words: foreign text. */
  words?: string;
  /** Of the connection. An error of the client's library may hold the server's words. */
  cause?: unknown;
}

/** A server gave no result. A log line of this error holds no word of the server. */
export class McpFailure extends Error {
  override readonly name = "McpFailure";
  readonly reason: McpFailureReason;
  readonly mayHaveActed: boolean;
  readonly #words: string | undefined;

  constructor(reason: McpFailureReason, { mayHaveActed, words, cause }: Details) {
    super(`The server ${sentences[reason]}.`, { cause });
    this.reason = reason;
    this.mayHaveActed = mayHaveActed;
    this.#words = words;
  }

  /** What the server did, as the end of a sentence that begins with its name. */
  get predicate(): string {
    return sentences[this.reason];
  }

  get words(): string | undefined {
    return this.#words;
  }
}

/** Stands in the data of an error that this system itself gives to a request whose stream ended without a result. */
export const brokenOff: unique symbol = Symbol("The stream ended without a result.");

/** Returns what an error of the client's library means. */
export function toMcpFailure(error: unknown): McpFailure {
  const failure = (reason: McpFailureReason, mayHaveActed: boolean, words?: string) =>
    new McpFailure(reason, { mayHaveActed, ...(words && { words }) });
  // The library wraps what the connection throws.
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof McpFailure) return cause;
  }
  if (error instanceof ProtocolError) {
    if (error.data === brokenOff) return failure("broken_off", true);
    return failure("refused", error.code === ProtocolErrorCode.InternalError, error.message);
  }
  // Such a status comes before the work: the connection itself treats those that may not.
  if (error instanceof SdkHttpError)
    return failure("refused", false, `status ${error.data.status}`);
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout) return failure("timeout", true);
    if (error.code === SdkErrorCode.ConnectionClosed) return failure("broken_off", true);
    if (error.code === SdkErrorCode.UnsupportedResultType && isInputRequired(error.data)) {
      return failure("needs_input", false);
    }
  }
  return failure("invalid", true);
}

const isInputRequired = (data: unknown) => Object(data).resultType === "input_required";

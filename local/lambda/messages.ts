/** Messages between host and sandbox, sent over the child process's IPC channel as structured clones. */
export type ToSandbox =
  | { type: "invoke"; requestId: string; event: unknown; deadline: number }
  /** Requests the next chunk. The function's writes wait for this message. */
  | { type: "more" };

export type FromSandbox =
  | { type: "ready" }
  | { type: "chunk"; data: Uint8Array }
  | { type: "stream-end" }
  /** The handler has settled. `payload` is its result as JSON, or undefined if it streamed. */
  | { type: "done"; payload?: string | undefined }
  | { type: "failed"; error: FunctionError };

/** An error in Lambda's own format. It goes to the log, never to a client. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

/** What host and sandbox tell each other, over the child process's IPC channel (structured clones). */
export type ToSandbox =
  | { type: "invoke"; requestId: string; event: unknown; deadline: number }
  /** The last chunk has been taken: send the next. Until then the function's writes wait. */
  | { type: "more" };

export type FromSandbox =
  | { type: "ready" }
  | { type: "chunk"; data: Uint8Array }
  | { type: "stream-end" }
  /** The handler has settled; `payload` is its result as JSON, unless it has streamed. */
  | { type: "done"; payload?: string | undefined }
  | { type: "failed"; error: FunctionError };

/** As Lambda describes it; it goes to the log, never to a client. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
}

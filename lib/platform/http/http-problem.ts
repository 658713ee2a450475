import type { ProblemType } from "#lib/contract/problem-titles.ts";

interface HttpProblemOptions {
  /** The field that was wrong, by its name on the wire. */
  field?: string;
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that the client may read. Anything else that is thrown becomes one blank 500. */
export class HttpProblem extends Error {
  override readonly name: string = "HttpProblem";
  readonly type: ProblemType;
  readonly status: number;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Record<string, string>;

  /** @param detail one kind sentence that says what to do; never a library's words, never an input's value */
  constructor(type: ProblemType, status: number, detail: string, options: HttpProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.type = type;
    this.status = status;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

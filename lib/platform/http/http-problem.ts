import type { Problem } from "#lib/contract/problem.ts";
import type { ProblemType } from "#lib/contract/problem-titles.ts";

interface HttpProblemOptions {
  /** The field that was wrong, by its name on the wire. */
  field?: string;
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  /** Further members of the problem, by their names on the wire. */
  members?: Pick<Problem, "scope" | "resets_at" | "conversation_id" | "turn_id">;
  cause?: unknown;
}

/** An error whose text the client may read. Any other error becomes a 500 without details. */
export class HttpProblem extends Error {
  override readonly name: string = "HttpProblem";
  readonly type: ProblemType;
  readonly status: number;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Record<string, string>;
  readonly members: NonNullable<HttpProblemOptions["members"]>;

  /** @param detail One plain sentence that says what to do. Never a library's message, never a value of the input. */
  constructor(type: ProblemType, status: number, detail: string, options: HttpProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.type = type;
    this.status = status;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }
}

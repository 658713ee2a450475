import * as v from "valibot";
import { Problem } from "#lib/contract/problem.ts";

/** Every way in which a request can fail, as one type: what the service answered, or that it could not be reached. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** A type of the contract, or "unreachable" (no answer at all), or "unreadable" (an answer that is not ours). */
  readonly type: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;

  constructor(problem: {
    type: string;
    status: number;
    detail: string;
    retryAfterSeconds?: number | undefined;
    requestId?: string | undefined;
    cause?: unknown;
  }) {
    super(problem.detail, { cause: problem.cause });
    this.type = problem.type;
    this.status = problem.status;
    this.detail = problem.detail;
    this.retryAfterSeconds = problem.retryAfterSeconds;
    this.requestId = problem.requestId;
  }
}

/** Reads the problem of an answer that is not a success; understands answers of others (a proxy's HTML) by their status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfterSeconds = readRetryAfter(response.headers.get("retry-after"));
  const parsed = v.safeParse(Problem, parseJson(await response.text()));
  if (!parsed.success) {
    return new ApiProblem({
      type: response.status === 429 ? "rate_limited" : "unreadable",
      status: response.status,
      detail: "The answer is not one of this service.",
      retryAfterSeconds,
    });
  }
  return new ApiProblem({
    type: parsed.output.type,
    status: response.status,
    detail: parsed.output.detail,
    retryAfterSeconds: parsed.output.retry_after ?? retryAfterSeconds,
    requestId: parsed.output.request_id,
  });
}

/** For whatever `fetch` throws: no network, a cut connection, a deadline. */
export function toApiProblem(cause: unknown): ApiProblem {
  if (cause instanceof ApiProblem) return cause;
  return new ApiProblem({
    type: "unreachable",
    status: 0,
    detail: "There was no answer.",
    cause,
  });
}

export function unreadable(status: number, cause?: unknown): ApiProblem {
  return new ApiProblem({
    type: "unreadable",
    status,
    detail: "The answer is not one that this page understands.",
    cause,
  });
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Seconds, or an HTTP date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

import * as v from "valibot";
import { Problem } from "#lib/contract/problem.ts";

interface RefusedTurn {
  conversation_id: string;
  turn_id: string;
}

/** Every way in which a request can fail: a problem of the service, no response, or a response that is not ours. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** A type of the contract, "unreachable" (no response) or "unreadable" (a response that is not from our service). */
  readonly type: string;
  /** 0 without a response. */
  readonly status: number;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  /** When a used-up budget renews (RFC 3339). */
  readonly resetsAt: string | undefined;
  /** The turn that a used-up budget ended before its first token. */
  readonly refusedTurn: RefusedTurn | undefined;

  constructor(problem: {
    type: string;
    status: number;
    detail: string;
    retryAfterSeconds?: number | undefined;
    requestId?: string | undefined;
    resetsAt?: string | undefined;
    refusedTurn?: RefusedTurn | undefined;
    cause?: unknown;
  }) {
    super(problem.detail, { cause: problem.cause });
    this.type = problem.type;
    this.status = problem.status;
    this.detail = problem.detail;
    this.retryAfterSeconds = problem.retryAfterSeconds;
    this.requestId = problem.requestId;
    this.resetsAt = problem.resetsAt;
    this.refusedTurn = problem.refusedTurn;
  }
}

/** Returns the problem in an error response. Judges a response that is not ours, such as a proxy's HTML, by its status. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfterSeconds = readRetryAfter(response.headers.get("retry-after"));
  const parsed = v.safeParse(Problem, parseJson(await response.text()));
  if (!parsed.success) {
    return new ApiProblem({
      type: response.status === 429 ? "rate_limited" : "unreadable",
      status: response.status,
      detail: "The response is not from this service.",
      retryAfterSeconds,
    });
  }
  return new ApiProblem({
    type: parsed.output.type,
    status: response.status,
    detail: parsed.output.detail,
    retryAfterSeconds: parsed.output.retry_after ?? retryAfterSeconds,
    requestId: parsed.output.request_id,
    resetsAt: parsed.output.resets_at,
    refusedTurn: refusedTurnOf(parsed.output),
  });
}

function refusedTurnOf({
  conversation_id,
  turn_id,
}: v.InferOutput<typeof Problem>): RefusedTurn | undefined {
  if (conversation_id === undefined || turn_id === undefined) return undefined;
  return { conversation_id, turn_id };
}

/** Returns a caught `ApiProblem` as it is. Wraps what `fetch` throws (no network, a cut, a deadline) as "unreachable". */
export function toApiProblem(cause: unknown): ApiProblem {
  if (cause instanceof ApiProblem) return cause;
  return new ApiProblem({
    type: "unreachable",
    status: 0,
    detail: "There was no response.",
    cause,
  });
}

/** Returns the problem of a success whose body does not match the contract. */
export function unreadableResponse(status: number, cause?: unknown): ApiProblem {
  return new ApiProblem({
    type: "unreadable",
    status,
    detail: "This page does not understand the response.",
    cause,
  });
}

/** Returns undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns seconds. The header holds seconds or an HTTP date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

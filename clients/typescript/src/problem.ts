import type { components } from "./schema.ts";

export type Problem = components["schemas"]["Problem"];

/** A refusal by the service, or a response that is not from the service. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** The HTTP status. */
  readonly status: number;
  /** What the service says. Undefined if the response is not a problem of the service, such as a proxy's page. */
  readonly problem: Problem | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, problem: Problem | undefined, retryAfterSeconds?: number) {
    super(problem?.detail ?? `The service returned the status ${status}.`);
    this.status = status;
    this.problem = problem;
    this.retryAfterSeconds = problem?.retry_after ?? retryAfterSeconds;
  }
}

export async function readProblem(response: Response): Promise<ProblemError> {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  const isProblem = response.headers.get("content-type")?.includes("json");
  const body: unknown = isProblem ? await response.json().catch(() => undefined) : undefined;
  if (!isProblem) await response.body?.cancel();
  const problem =
    typeof body === "object" && body !== null && "detail" in body ? (body as Problem) : undefined;
  return new ProblemError(response.status, problem, retryAfterSeconds);
}

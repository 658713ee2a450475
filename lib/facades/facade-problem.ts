import type { Problem } from "#lib/contract/problem.ts";
import type { ProblemForm } from "#lib/platform/http/respond-with-problem.ts";

/** The AI SDK shows the whole body of a refusal to the person. */
export const sentence: ProblemForm = ({ detail }) => ({
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: detail,
});

/** The client of OpenAI repeats a request after each of these statuses, and within a second after a longer wait. */
const longestWaitSeconds = 60;

/** The error of OpenAI's API. The client repeats refusals by itself: `x-should-retry` says when that is of no use. */
export const openAiError: ProblemForm = (problem) => ({
  headers: {
    "content-type": "application/json",
    ...((problem.status === 409 || (problem.retry_after ?? 0) > longestWaitSeconds) && {
      "x-should-retry": "false",
    }),
  },
  body: JSON.stringify({ error: openAiErrorOf(problem) }),
});

/** Returns a problem as OpenAI's clients know it, also in the streams of both APIs. */
export const openAiErrorOf = ({ type, status, detail, field }: OpenAiProblem) => ({
  ...{ message: detail, type: openAiType(status), code: openAiCode(type, field) },
  param: field ?? null,
});

export type OpenAiProblem = Pick<Problem, "type" | "status" | "detail" | "field">;

/** Programs look for these two codes. */
function openAiCode(type: string, field: string | undefined): string {
  if (type === "budget_exhausted") return "insufficient_quota";
  return type === "not_found" && field === "model" ? "model_not_found" : type;
}

function openAiType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

/**
 * An error of JSON-RPC 2.0, as the transport of MCP sends it for a request that no tool has seen. Its id is null: such a refusal does
 * not depend on the message.
 */
export const jsonRpcError: ProblemForm = ({ type, status, detail, field, retry_after }) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    jsonrpc: "2.0",
    error: {
      code: jsonRpcCode(status, field),
      message: detail,
      data: { type, ...(retry_after !== undefined && { retry_after }) },
    },
    id: null,
  }),
});

function jsonRpcCode(status: number, field: string | undefined): number {
  if (status >= 500) return -32_603;
  return field === "body" ? -32_600 : -32_000;
}

import type { ProblemForm } from "#lib/platform/http/respond-with-problem.ts";

/** The AI SDK shows the whole body of a refusal to the person. */
export const sentence: ProblemForm = ({ detail }) => ({
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: detail,
});

/** The client of OpenAI repeats a request after each of these statuses, and within a second after a longer wait. */
const longestWaitSeconds = 60;

/** The error of OpenAI's API. The client repeats refusals by itself: `x-should-retry` says when that is of no use. */
export const openAiError: ProblemForm = ({ type, status, detail, field, retry_after = 0 }) => ({
  headers: {
    "content-type": "application/json",
    ...((status === 409 || retry_after > longestWaitSeconds) && { "x-should-retry": "false" }),
  },
  body: JSON.stringify(
    openAiErrorOf({ status, message: detail, code: openAiCode(type, field), field }),
  ),
});

/** Returns the body of an error, which is also what a stream of Chat Completions ends with. */
export const openAiErrorOf = ({ status, message, code, field }: OpenAiError): object => ({
  error: { message, type: openAiType(status), code, param: field ?? null },
});

interface OpenAiError {
  status: number;
  message: string;
  code: string;
  field?: string | undefined;
}

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

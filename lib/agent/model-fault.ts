import { AnswerIncomplete, ToolCallTooLong } from "./guard-stream.ts";

/** What went wrong with one model call, as far as it matters to the retry layer. */
export interface ModelFault {
  /** `busy`: throttled or unavailable; `broken`: lost on the way; `refused`: asking again is no use. */
  kind: "busy" | "broken" | "refused";
  retryAfterMs: number | undefined;
}

// Names are compared in lower case: a header says ThrottlingException, a stream throttlingException.
const busy = new Set([
  "throttlingexception",
  "toomanyrequestsexception",
  "modelnotreadyexception",
  "serviceunavailableexception",
]);
const broken = new Set([
  "internalserverexception",
  "modelerrorexception",
  "modelstreamerrorexception",
  "modeltimeoutexception",
  "timeouterror", // no connection within the handler's time
]);
const lostConnection = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Undefined for an error that does not come from the model or the way to it. */
export function toModelFault(error: unknown): ModelFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const kind = kindOf(error);
  return kind && { kind, retryAfterMs: retryAfterMsOf(error) };
}

function kindOf(error: Error): ModelFault["kind"] | undefined {
  const name = error.name.toLowerCase();
  if (busy.has(name)) return "busy";
  if (broken.has(name) || error instanceof AnswerIncomplete) return "broken";
  if ("code" in error && lostConnection.has(String(error.code))) return "broken";
  if ("lc_error_code" in error && error.lc_error_code === "MODEL_STREAM_TIMEOUT") return "broken";
  if ("$fault" in error || name === "credentialsprovidererror") return "refused";
  return error instanceof ToolCallTooLong ? "refused" : undefined;
}

/** Seconds, as Bedrock sends it; the SDK keeps the answer of the server with its errors. */
function retryAfterMsOf(error: Error): number | undefined {
  const { $response } = error as { $response?: { headers?: Record<string, string> } };
  const seconds = Number.parseFloat($response?.headers?.["retry-after"] ?? "");
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

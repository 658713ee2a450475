import { AnswerIncomplete, ToolCallTooLong } from "./guard-stream.ts";
import { ModelSilent } from "./patience.ts";
import { credentialsErrorName, WireError } from "./wire-error.ts";

/**
 * - `busy`: throttled or overloaded
 * - `silent`: nothing came for too long
 * - `broken`: the answer or the connection broke, or nobody knows what it was
 * - `too_long`: the model's output tokens do not suffice
 * - `refused`: the request is invalid for this model
 * - `unavailable`: access, quota, credentials or the model itself are missing, which an operator has to mend
 */
export type FaultKind = "busy" | "silent" | "broken" | "too_long" | "refused" | "unavailable";

/** What went wrong with one model call, as far as it matters to the retry layer. */
export interface ModelFault {
  kind: FaultKind;
  /** As Bedrock or the client names the error. */
  name: string;
  status: number | undefined;
  /** How long the server wants to be left alone. */
  retryAfterMs: number | undefined;
}

/** Undefined for an error that does not come from the model or the way to it. */
export function toModelFault(error: unknown): ModelFault | undefined {
  if (error instanceof WireError) {
    const { errorName, status, retryAfter } = error;
    const kind = kindOf(error);
    return { kind, name: errorName, status, retryAfterMs: retryAfterMsOf(retryAfter) };
  }
  const rest = { status: undefined, retryAfterMs: undefined };
  if (error instanceof ModelSilent) return { kind: "silent", name: error.name, ...rest };
  if (error instanceof AnswerIncomplete) return { kind: "broken", name: error.name, ...rest };
  if (error instanceof ToolCallTooLong) return { kind: "too_long", name: error.name, ...rest };
  return undefined;
}

// Names are compared in lower case: a header says ThrottlingException, a stream throttlingException.
// https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
const busyNames = new Set([
  "throttlingexception",
  "toomanyrequestsexception",
  "modelnotreadyexception",
  "serviceunavailableexception",
]);
const busyStatuses = new Set([429, 503, 529]);

const unavailableNames = new Set([
  "servicequotaexceededexception", // 400
  "incompletesignature", // 400
  "notauthorized", // 400
  "accessdeniedexception",
  "expiredtokenexception",
  "resourcenotfoundexception",
  "unrecognizedclientexception",
  credentialsErrorName.toLowerCase(),
]);
const unavailableStatuses = new Set([401, 402, 403, 404, 410]);
/** Bedrock calls these ValidationException, though no other request to this model would be valid. */
const unavailableMessages =
  /model identifier is invalid|on-demand throughput|operation not allowed/i;

/**
 * The list is of what is known to be no use trying again. Everything else may pass: a proxy's HTML page, an exception
 * that is newer than this list, a frame that cannot be read.
 */
function kindOf({ errorName, status, message }: WireError): FaultKind {
  const name = errorName.toLowerCase();
  if (name === "validationexception") {
    return unavailableMessages.test(message) ? "unavailable" : "refused";
  }
  if (busyNames.has(name)) return "busy";
  if (unavailableNames.has(name)) return "unavailable";
  if (status === undefined) return "broken";
  if (unavailableStatuses.has(status)) return "unavailable";
  return busyStatuses.has(status) ? "busy" : "broken";
}

/** RFC 9110: seconds or a date. Bedrock also sends fractions of a second. */
function retryAfterMsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const time = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

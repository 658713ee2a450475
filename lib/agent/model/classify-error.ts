import { ModelSilent } from "./idle-timeout.ts";
import type { FailureKind } from "./model-failure.ts";
import { AnswerIncomplete, ToolCallTooLong } from "./tool-call-reader.ts";
import { credentialsErrorName, WireError } from "./wire-error.ts";

/** One failed attempt of a model call, as the retry layer sees it. */
export interface ClassifiedError {
  kind: FailureKind;
  /** The error's name from Bedrock or from the client. */
  name: string;
  status: number | undefined;
  /** How long the server wants us to wait, in milliseconds. */
  retryAfterMs: number | undefined;
}

/** Returns the kind of a model call's error, or undefined for an error of our own code. */
export function classifyError(error: unknown): ClassifiedError | undefined {
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

/** Returns what an operator must do about an error of the kind `refused` or `unavailable`. For the log. */
export function operatorAdvice({ kind, name, status }: ClassifiedError): string {
  if (kind === "refused") {
    return "The model calls the request invalid: see the error. If every turn ends so, the model does not take a setting (BEDROCK_TEMPERATURE) or tools in a stream: set another modelId.";
  }
  const known = advice[name.toLowerCase()];
  if (known !== undefined) return known;
  return status === 404 ? missingModel : missingAccess;
}

// Names are compared in lower case, because a header says ThrottlingException and a stream throttlingException.
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
  "accessdenied", // the names without "Exception" are those of the common errors of AWS
  "accessdeniedexception",
  "expiredtoken",
  "expiredtokenexception",
  "invalidclienttokenid",
  "missingauthenticationtoken",
  "optinrequired",
  "resourcenotfoundexception",
  "unrecognizedclientexception",
  credentialsErrorName.toLowerCase(),
]);
const unavailableStatuses = new Set([401, 402, 403, 404, 410]);
/** Bedrock reports these as ValidationException, although every request to this model would fail. */
const unavailableMessages =
  /model identifier is invalid|on-demand throughput|operation not allowed|access to (the|this) model|use case details|payment instrument|your account/i;

/**
 * The lists name the errors that a retry cannot mend. Every other error may be temporary: a proxy's HTML page, an
 * exception that is newer than these lists, an unreadable frame.
 */
function kindOf({ errorName, status, message }: WireError): FailureKind {
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

/** Reads seconds or a date (RFC 9110), and fractions of a second, which Bedrock sends too. */
function retryAfterMsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const time = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

const missingModel =
  "The model is retired, or not offered in this region: set modelId to an inference profile that is active there.";
const missingAccess =
  "Bedrock denies access: check whether the account has access to the model in every region of its profile (AWS Marketplace, Anthropic's use case form), and whether the function's role may invoke it.";
const badCredentials =
  "The credentials are missing, wrong or expired: renew them, and check the machine's clock.";

const advice: Record<string, string> = {
  servicequotaexceededexception:
    "A quota of the account is used up: raise it in Service Quotas, or set fallbackModelId.",
  resourcenotfoundexception: missingModel,
  validationexception: missingModel,
  accessdeniedexception: missingAccess,
  credentialsprovidererror: badCredentials,
  expiredtokenexception: badCredentials,
  incompletesignature: badCredentials,
  invalidsignatureexception: badCredentials,
  unrecognizedclientexception: badCredentials,
};

import { afterEach, expect, it, vi } from "vitest";
import { classifyError } from "./classify-error.ts";
import { ModelSilent } from "./idle-timeout.ts";
import { AnswerIncomplete, ToolCallTooLong } from "./tool-call-reader.ts";
import { WireError } from "./wire-error.ts";

afterEach(() => void vi.useRealTimers());

const wire = (errorName: string, status?: number, message = "?") =>
  new WireError(message, { errorName, status });

it.each([
  [wire("ThrottlingException", 429), "busy"],
  [wire("ThrottlingException", 400), "busy"],
  [wire("throttlingException"), "busy"],
  [wire("ModelNotReadyException", 429), "busy"],
  [wire("serviceUnavailableException"), "busy"],
  [wire("SyntaxError", 503), "busy"],
  [wire("Unknown", 429), "busy"],
  [wire("SyntaxError", 529), "busy"],

  [wire("modelStreamErrorException"), "broken"],
  [wire("InternalFailure", 500), "broken"],
  [wire("SyntaxError", 500), "broken"],
  [wire("SyntaxError", 502), "broken"],
  [wire("Unknown", 504), "broken"],
  [wire("ModelErrorException", 424), "broken"],
  [wire("ModelTimeoutException", 408), "broken"],
  [wire("Unknown", 302), "broken"],
  [wire("SyntaxError", 400), "broken"],
  [wire("RequestExpired", 400), "broken"],
  [wire("QuantumException", 418), "broken"],
  [wire("quantumException"), "broken"],
  [wire("TimeoutError"), "broken"],
  [wire("Error"), "broken"],
  [new AnswerIncomplete("?"), "broken"],

  [new ModelSilent("?"), "silent"],
  [new ToolCallTooLong("?"), "too_long"],

  [wire("ValidationException", 400, "`temperature` is deprecated for this model."), "refused"],
  [wire("validationException"), "refused"],

  [wire("ServiceQuotaExceededException", 400), "unavailable"],
  [wire("ResourceNotFoundException", 404), "unavailable"],
  [wire("FTUFormNotFilled", 404), "unavailable"],
  [wire("UnknownOperationException", 404), "unavailable"],
  [wire("AccessDeniedException", 403), "unavailable"],
  [wire("accessDeniedException"), "unavailable"],
  [wire("MPAgreementBeingCreated", 403), "unavailable"],
  [wire("InvalidClientTokenId", 403), "unavailable"],
  [wire("ExpiredTokenException", 403), "unavailable"],
  [wire("ExpiredToken", 400), "unavailable"],
  [wire("AccessDenied", 400), "unavailable"],
  [wire("OptInRequired", 400), "unavailable"],
  [wire("ValidationException", 400, "You don't have access to the model with …"), "unavailable"],
  [wire("ValidationException", 400, "… use case details have not been submitted …"), "unavailable"],
  [
    wire("ValidationException", 400, "… INVALID_PAYMENT_INSTRUMENT: a valid payment instrument …"),
    "unavailable",
  ],
  [wire("IncompleteSignature", 400), "unavailable"],
  [wire("NotAuthorized", 400), "unavailable"],
  [wire("SyntaxError", 403), "unavailable"],
  [wire("CredentialsProviderError"), "unavailable"],
  [wire("ValidationException", 400, "The provided model identifier is invalid."), "unavailable"],
  [
    wire("ValidationException", 400, "… with on-demand throughput isn’t supported. Retry …"),
    "unavailable",
  ],
  [wire("ValidationException", 400, "Operation not allowed"), "unavailable"],
])("classifies %o as %s", (thrown, kind) => {
  expect(classifyError(thrown)?.kind).toBe(kind);
});

it.each([
  new TypeError("a mistake of ours"),
  Object.assign(new Error("of another service"), { $fault: "client" }),
  "no error at all",
  undefined,
])("returns undefined for our own error %s", (thrown) => {
  expect(classifyError(thrown)).toBeUndefined();
});

it.each([
  ["2.5", 2_500],
  ["0", 0],
  [" 7 ", 7_000],
  ["Wed, 25 Nov 2026 12:00:03 GMT", 3_000],
  ["Wed, 25 Nov 2026 11:00:00 GMT", 0],
  ["", undefined],
  ["-1", undefined],
  ["soon", undefined],
  [undefined, undefined],
])("reads the header Retry-After %s as %s ms", (retryAfter, expected) => {
  vi.useFakeTimers({ now: Date.parse("2026-11-25T12:00:00Z") });
  const classified = classifyError(
    new WireError("?", { errorName: "ThrottlingException", retryAfter }),
  );
  expect(classified?.retryAfterMs).toBe(expected);
});

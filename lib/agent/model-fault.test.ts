import { expect, it } from "vitest";
import { AnswerIncomplete, ToolCallTooLong } from "./guard-stream.ts";
import { toModelFault } from "./model-fault.ts";

const error = (name: string, fields: object = {}) =>
  Object.assign(new Error("?"), { name, ...fields });

it.each([
  [error("ThrottlingException"), "busy"],
  [error("throttlingException"), "busy"],
  [error("ModelNotReadyException"), "busy"],
  [error("serviceUnavailableException"), "busy"],
  [error("modelStreamErrorException"), "broken"],
  [error("TimeoutError"), "broken"],
  [error("Error", { code: "ECONNRESET" }), "broken"],
  [error("Error", { lc_error_code: "MODEL_STREAM_TIMEOUT" }), "broken"],
  [new AnswerIncomplete("?"), "broken"],
  [error("AccessDeniedException", { $fault: "client" }), "refused"],
  [error("CredentialsProviderError"), "refused"],
  [new ToolCallTooLong("?"), "refused"],
])("takes %s for %s", (thrown, kind) => {
  expect(toModelFault(thrown)?.kind).toBe(kind);
});

it.each([new TypeError("a mistake of ours"), "no error at all", undefined])(
  "does not understand %s",
  (thrown) => {
    expect(toModelFault(thrown)).toBeUndefined();
  },
);

it("reads how long the server wants to be left alone", () => {
  const headers = { "retry-after": "2.5" };
  const fault = toModelFault(error("ThrottlingException", { $response: { headers } }));
  expect(fault?.retryAfterMs).toBe(2_500);
});

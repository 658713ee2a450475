import { expect, it } from "vitest";
import type { Problem } from "#lib/contract/problem.ts";
import { openAiError, sentence } from "./facade-problem.ts";

const problem = (changes: Partial<Problem>): Problem => ({
  ...{ type: "rate_limited", title: "Too many requests", status: 429 },
  ...{ detail: "Wait.", request_id: "r", ...changes },
});

it("the AI SDK gets one sentence", () => {
  expect(sentence(problem({})).body).toBe("Wait.");
});

it.each<[Partial<Problem>, object]>([
  [{ retry_after: 42 }, { type: "rate_limit_error", code: "rate_limited", param: null }],
  [
    { status: 400, type: "bad_request", field: "model" },
    { type: "invalid_request_error", code: "bad_request", param: "model" },
  ],
  [{ status: 401, type: "unauthorized" }, { type: "authentication_error" }],
  [{ status: 403, type: "forbidden" }, { type: "permission_error" }],
  [{ status: 503, type: "service_unavailable" }, { type: "server_error" }],
])("the client of OpenAI gets %j as its error", (changes, error) => {
  const { body } = openAiError(problem(changes));
  expect(JSON.parse(body).error).toMatchObject({ message: "Wait.", ...error });
});

it.each<[Partial<Problem>, string | undefined]>([
  [{ retry_after: 60 }, undefined],
  [{ retry_after: 61 }, "false"],
  [{ status: 409 }, "false"],
])("the client of OpenAI hears of %j whether to repeat the request", (changes, shouldRetry) => {
  expect(openAiError(problem(changes)).headers["x-should-retry"]).toBe(shouldRetry);
});

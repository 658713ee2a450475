import { expect, it } from "vitest";
import { readRequestHeaders } from "./request-headers.ts";

it("headers are an object of names and lines", () => {
  const headers = { authorization: "Bearer k", "x-team": "a b" };
  expect(readRequestHeaders(JSON.stringify(headers))).toEqual({ headers });
  expect(readRequestHeaders("{}")).toEqual({ headers: {} });
});

it.each([
  ["", "the value must be a JSON object"],
  ["secret", "the value must be a JSON object"],
  ['["secret"]', "the value must be a JSON object"],
  ['{"a b":"secret"}', "the value has a name that is not a header's"],
  ['{"Content-Type":"secret"}', "the value has a header that the protocol sets itself"],
  ['{"x-key":7}', "the value has a value that is not a line of at most 8192 characters"],
  ['{"x-key":"a\\nsecret"}', "the value has a value that is not a line"],
  [`{"x-key":"${"x".repeat(8_193)}"}`, "the value has a value that is not a line"],
])("%j is refused, and no value is shown", (text, fault) => {
  const read = readRequestHeaders(text);
  expect(read).toEqual({ faults: [expect.stringContaining(fault)] });
  expect(JSON.stringify(read)).not.toContain("secret");
});

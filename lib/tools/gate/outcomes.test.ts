import { expect, it } from "vitest";
import { deniedResult, expiredResult, unknownResult } from "./outcomes.ts";

it.each([
  [deniedResult(), "denied", /^The person refused this call\./],
  [deniedResult("Ask Ada first."), "denied", /The person wrote: Ask Ada first\.$/],
  [expiredResult, "denied", /^Nobody decided in time/],
  [unknownResult, "unknown", /^It is unknown whether this call took effect\. Do not call it again/],
])("the outcome %# is in this system's own words", (result, state, sentence) => {
  expect(result).toMatchObject({ state, isOwnWords: true, stored: result.output });
  expect(result.output).toMatch(sentence);
});
